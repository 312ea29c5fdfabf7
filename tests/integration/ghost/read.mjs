// Reads a site with Ghost's own clients, unmodified; prints what they found as JSON.
import AdminApi from '@tryghost/admin-api';
import ContentApi from '@tryghost/content-api';

const [url, adminKey, contentKey] = process.argv.slice(2);
const admin = new AdminApi({url, key: adminKey, version: 'v6.0'});
const content = new ContentApi({url, key: contentKey, version: 'v6.0'});

const refusal = async call => {
    try {
        await call();
        return null;
    } catch (error) {
        const said = error.response?.data?.errors?.[0] ?? error;
        return {type: said.type ?? error.name, code: said.code, message: said.message};
    }
};

const wrongKey = `${'0'.repeat(24)}:${'0'.repeat(64)}`;
const stranger = new AdminApi({url, key: wrongKey, version: 'v6.0'});
const all = await admin.posts.browse({limit: 'all', filter: 'status:[draft,published]'});
const second = await admin.posts.browse({
    limit: 2, page: 2, order: 'published_at asc', filter: 'status:published',
    include: 'tags', fields: 'id,title', formats: 'plaintext',
});
const member = (await admin.members.browse({filter: "email:'lea@post.example'"}))[0];
const published = await content.posts.browse({limit: 5, include: 'tags,authors'});

console.log(JSON.stringify({
    all: {titles: all.map(post => post.title), pagination: all.meta.pagination},
    second: {rows: second.map(post => ({...post})), pagination: second.meta.pagination},
    read: (await admin.posts.read({id: all[0].id})).title,
    bySlug: (await admin.posts.read({slug: all[0].slug})).id === all[0].id,
    missing: await refusal(() => admin.posts.read({id: 'f'.repeat(24)})),
    stranger: await refusal(() => stranger.posts.browse()),
    unreadable: await refusal(() => admin.posts.browse({filter: 'status:'})),
    member: {name: member.name, newsletters: member.newsletters.map(one => one.name)},
    attribution: (await admin.members.read({id: member.id})).attribution,
    newsletters: (await admin.newsletters.browse()).map(one => one.slug),
    users: (await admin.users.browse()).map(one => one.email),
    site: (await admin.site.read()).title,
    published: published.map(post => ({
        title: post.title, published: post.published_at,
        tags: post.tags.map(tag => tag.name), draft: post.status,
    })),
    tags: (await content.tags.browse()).map(tag => tag.name),
    authors: (await content.authors.browse()).map(one => one.name),
    settings: (await content.settings.browse()).lang,
}));
