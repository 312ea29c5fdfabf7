"""The letters as e-mails: what became of each, and who opened, clicked, complained.

Mail programs that load every picture open an e-mail a second or two after it came;
people take minutes. Ghost tells neither apart, and keeps only the first opening.

Planted: the first letter was sent without tracking of openings; the last one sent is
still on its way to some (`email_sent_event`), all of them in the same second.
"""

import random
from typing import Any

from ingestion.sandbox.generator.articles import BLOG
from ingestion.sandbox.generator.calendar import AS_OF, DAY, HOUR, MINUTE, SECOND, at
from ingestion.sandbox.generator.company import Company
from ingestion.sandbox.generator.ghost.contents import Contents
from ingestion.sandbox.generator.ghost.readers import BOUNCING, COMPLAINING, Reader
from ingestion.sandbox.generator.ghost.records import object_id, stamp, uuid

_MACHINE_OPENS, _OPENS, _CLICKS, _SOFT_BOUNCES = 0.12, 0.38, 0.16, 0.008
_ON_ITS_WAY = 0.3
_EMAIL_FIELDS = (
    *("id", "post_id", "uuid", "status", "subject", "newsletter_id"),
    *("track_opens", "track_clicks", "submitted_at"),
)


def send_letters(
    company: Company, contents: Contents, readers: list[Reader]
) -> list[dict]:
    """Send every published letter; writes e-mails and counts into posts and members."""
    rng = company.rng("ghost/mailing")
    sent = sorted(
        contents.published_before(AS_OF), key=lambda post: post["published_at"]
    )
    events: list[dict] = []
    for post in sent:
        mailing = _Mailing(
            rng, post, is_first=post is sent[0], is_last=post is sent[-1]
        )
        for reader in readers:
            if reader.gets(mailing.newsletter_id, mailing.submitted):
                found = mailing.deliver(reader)
                if not reader.is_deleted:
                    events += found
        mailing.close()
    for reader in readers:
        line = reader.line
        if line["email_count"] >= 5:
            share = line["email_opened_count"] / line["email_count"]
            line["email_open_rate"] = round(100 * share)
    return events + _feedback(rng, contents, readers)


class _Mailing:
    """One letter on its way to its readers."""

    def __init__(
        self, rng: random.Random, post: dict, *, is_first: bool, is_last: bool
    ) -> None:
        self._rng = rng
        self._post = post
        self._is_last = is_last
        self.newsletter_id = post["newsletter"]["id"]
        self.submitted = at(post["published_at"]) + 5 * SECOND
        self._clicked: set[str] = set()
        self._email: dict[str, Any] = {
            "id": object_id(rng, self.submitted),
            "post_id": post["id"],
            "uuid": uuid(rng),
            "status": "submitted",
            "recipient_filter": "status:free,status:-free",
            "error": None,
            "email_count": 0,
            "delivered_count": 0,
            "opened_count": 0,
            "failed_count": 0,
            "subject": post["title"],
            "newsletter_id": self.newsletter_id,
            "track_opens": not is_first,
            "track_clicks": True,
            "submitted_at": stamp(self.submitted),
            "created_at": stamp(self.submitted),
            "updated_at": stamp(self.submitted),
        }

    def deliver(self, reader: Reader) -> list[dict]:
        """Return what became of one copy."""
        rng, email = self._rng, self._email
        recipient_id = object_id(rng, self.submitted)
        email["email_count"] += 1
        reader.line["email_count"] += 1
        suppression = reader.line["email_suppression"]
        bounces = reader.position == BOUNCING or rng.random() < _SOFT_BOUNCES
        if self._is_last and rng.random() < _ON_ITS_WAY:
            return [self._event("email_sent", recipient_id, reader, self.submitted)]
        moment = self.submitted + int(rng.uniform(1, 240)) * SECOND
        if bounces:
            email["failed_count"] += 1
            if reader.position == BOUNCING and not suppression["suppressed"]:
                info = {"reason": "fail", "timestamp": stamp(moment)}
                suppression.update(suppressed=True, info=info)
                # Ghost sends nothing more to an address that bounced for good.
                reader.subscriptions.clear()
                reader.line.update(newsletters=[], subscribed=False)
            return [self._event("email_failed", recipient_id, reader, moment)]
        email["delivered_count"] += 1
        events = [self._event("email_delivered", recipient_id, reader, moment)]
        dice = rng.random()
        if not email["track_opens"] or dice > _MACHINE_OPENS + _OPENS:
            return events
        is_machine = dice < _MACHINE_OPENS
        after = rng.randrange(1, 3) * SECOND if is_machine else self._reading_time()
        opened = min(moment + after, AS_OF - MINUTE)
        email["opened_count"] += 1
        reader.line["email_opened_count"] += 1
        events.append(self._event("email_opened", recipient_id, reader, opened))
        if not is_machine and rng.random() < _CLICKS:
            clicks = rng.choice((1, 1, 1, 2))
            events += [self._click(reader, opened, n) for n in range(clicks)]
        if reader.position == COMPLAINING and not suppression["suppressed"]:
            info = {"reason": "spam", "timestamp": stamp(opened + MINUTE)}
            suppression.update(suppressed=True, info=info)
            reader.subscriptions.clear()
            reader.line.update(newsletters=[], subscribed=False)
            events.append(self._complaint(reader, opened + MINUTE))
        return events

    def close(self) -> None:
        """Write the e-mail into its post, once every copy is sent."""
        self._post["email"] = self._email
        self._post["count"]["clicks"] = len(self._clicked)
        self._post["status"] = "published"

    def _reading_time(self) -> int:
        return int((2 + self._rng.expovariate(1 / 300)) * MINUTE) // SECOND * SECOND

    def _event(self, kind: str, recipient: str, reader: Reader, moment: int) -> dict:
        data = {
            "id": recipient,
            "member_id": reader.line["id"],
            "created_at": stamp(moment),
            "member": reader.short,
            # The counts of an e-mail in an event are those of now; left out here, as
            # they would have to be written last.
            "email": {name: self._email[name] for name in _EMAIL_FIELDS},
        }
        return {"type": f"{kind}_event", "data": data}

    def _click(self, reader: Reader, opened: int, number: int) -> dict:
        self._clicked.add(reader.line["id"])
        moment = min(opened + (20 + 90 * number) * SECOND, AS_OF - SECOND)
        post = {name: self._post[name] for name in ("id", "uuid", "title", "url")}
        data = {
            "post": post,
            "link": {
                "from": f"/r/{self._email['id'][-8:]}{number}",
                "to": f"{BLOG}/der-beste-tee/?ref=briefe" if number else post["url"],
            },
            "member": reader.short,
            "created_at": stamp(moment),
            "id": object_id(self._rng, moment),
        }
        return {"type": "click_event", "data": data}

    def _complaint(self, reader: Reader, moment: int) -> dict:
        data = {
            "id": object_id(self._rng, moment),
            "member_id": reader.line["id"],
            "email_id": self._email["id"],
            "email_address": reader.line["email"],
            "created_at": stamp(moment),
            "member": reader.short,
            "email": {name: self._email[name] for name in _EMAIL_FIELDS},
        }
        return {"type": "email_complaint_event", "data": data}


def _feedback(
    rng: random.Random, contents: Contents, readers: list[Reader]
) -> list[dict]:
    """Return what members said to letters: thumbs and comments, one a reply."""
    events: list[dict] = []
    present = [one for one in readers if not one.is_deleted]
    for post in contents.published_before(AS_OF - 5 * DAY):
        published = at(post["published_at"])
        known = [one for one in present if one.created < published]
        if not known:
            continue
        short = {name: post[name] for name in ("id", "uuid", "title", "url")}
        reader, moment = rng.choice(known), published + 3 * HOUR
        score = rng.choice((0, 1, 1))
        counted = "positive_feedback" if score else "negative_feedback"
        post["count"][counted] += 1
        data = {
            "id": object_id(rng, moment),
            "score": score,
            "created_at": stamp(moment),
            "post": short,
            "member": reader.short,
        }
        events.append({"type": "feedback_event", "data": data})
        first = _comment(rng, short, rng.choice(known), published + 5 * HOUR, None)
        reply = _comment(rng, short, reader, published + 6 * HOUR, first["data"]["id"])
        events += [first, reply]
    return events


def _comment(
    rng: random.Random, post: dict, reader: Reader, moment: int, parent_id: str | None
) -> dict:
    data = {
        "id": object_id(rng, moment),
        "status": "published",
        "html": "<p>Danke!</p>",
        "edited_at": None,
        "created_at": stamp(moment),
        "member": reader.short,
        "post": post,
        "parent_id": parent_id,
    }
    return {"type": "comment_event", "data": data}
