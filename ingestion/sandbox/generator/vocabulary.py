"""The words of the sandbox company: names, places, products, campaigns."""

# Country: (time zone, locale, currencies by weight, share of people).
COUNTRIES = {
    "Germany": ("Europe/Berlin", "de-DE", (("EUR", 1.0),), 0.34),
    "Austria": ("Europe/Vienna", "de-AT", (("EUR", 1.0),), 0.10),
    "Iran": ("Asia/Tehran", "fa-IR", (("EUR", 0.7), ("USD", 0.3)), 0.18),
    "Turkey": ("Europe/Istanbul", "tr-TR", (("TRY", 0.8), ("EUR", 0.2)), 0.13),
    "United Kingdom": ("Europe/London", "en-GB", (("GBP", 0.9), ("EUR", 0.1)), 0.14),
    "United States": ("America/New_York", "en-US", (("USD", 1.0),), 0.11),
}

# Team: (team id, countries it sells to, share of the sales people).
TEAMS = {
    "DACH Sales": ("70101", ("Germany", "Austria"), 0.4),
    "Iran Sales": ("70102", ("Iran",), 0.2),
    "UK & US Sales": ("70103", ("United Kingdom", "United States"), 0.25),
    "Turkey Sales": ("70104", ("Turkey",), 0.15),
}

CITIES = {
    "Germany": ("Berlin", "Hamburg", "München", "Köln", "Leipzig", "Düsseldorf"),
    "Austria": ("Wien", "Graz", "Linz", "Salzburg"),  # codespell:ignore
    "Iran": ("تهران", "Isfahan", "شیراز", "Tabriz", "مشهد"),
    "Turkey": ("İstanbul", "Ankara", "İzmir", "Bursa"),
    "United Kingdom": ("London", "Manchester", "Bristol", "Leeds"),
    "United States": ("New York", "Boston", "Chicago", "Austin"),
}

# Each name is (as written, as spelled in an e-mail address).
_GERMAN = (
    (
        ("Lea", "lea"),
        ("Jürgen", "juergen"),
        ("Anna", "anna"),
        ("Felix", "felix"),
        ("Käthe", "kaethe"),
        ("Lukas", "lukas"),
        ("Sophie", "sophie"),
        ("Matthias", "matthias"),
        ("Ute", "ute"),
        ("Jörg", "joerg"),
    ),
    (
        ("Müller", "mueller"),
        ("Schäfer", "schaefer"),
        ("Weiß", "weiss"),
        ("Becker", "becker"),
        ("Hofmann", "hofmann"),
        ("Krüger", "krueger"),
        ("Vogel", "vogel"),
        ("Neumann", "neumann"),
        ("Brandt", "brandt"),
        ("Löwe", "loewe"),
    ),
)
_PERSIAN = (
    (
        ("سارا", "sara"),
        ("Reza", "reza"),
        ("نرگس", "narges"),
        ("Babak", "babak"),
        ("مریم", "maryam"),
        ("Kian", "kian"),
        ("Shirin", "shirin"),
        ("امیر", "amir"),
        ("Parisa", "parisa"),
        ("Dariush", "dariush"),
    ),
    (
        ("رضایی", "rezaei"),
        ("Karimi", "karimi"),
        ("حسینی", "hosseini"),
        ("Tehrani", "tehrani"),
        ("Jafari", "jafari"),
        ("نوری", "nouri"),
        ("Azadi", "azadi"),
        ("Rostami", "rostami"),
        ("شریفی", "sharifi"),
        ("Mohammadi", "mohammadi"),
    ),
)
_TURKISH = (
    (
        ("Ayşe", "ayse"),
        ("Mehmet", "mehmet"),
        ("Çağla", "cagla"),
        ("Emre", "emre"),
        ("Gül", "gul"),
        ("Ömer", "omer"),
        ("Selin", "selin"),
        ("Kemal", "kemal"),
    ),
    (
        ("Yılmaz", "yilmaz"),
        ("Öztürk", "ozturk"),
        ("Demir", "demir"),
        ("Şahin", "sahin"),
        ("Kaya", "kaya"),
        ("Aydın", "aydin"),
        ("Çelik", "celik"),
        ("Koç", "koc"),
    ),
)
_ENGLISH = (
    (
        ("Grace", "grace"),
        ("Oliver", "oliver"),
        ("Emily", "emily"),
        ("Jack", "jack"),
        ("Ruby", "ruby"),
        ("Noah", "noah"),
        ("Zoë", "zoe"),
        ("Ethan", "ethan"),
        ("Maya", "maya"),
        ("Liam", "liam"),
    ),
    (
        ("O'Connor", "oconnor"),
        ("Smith", "smith"),
        ("Brown", "brown"),
        ("Taylor", "taylor"),
        ("Wright", "wright"),
        ("Hughes", "hughes"),
        ("Carter", "carter"),
        ("Bennett", "bennett"),
        ("Reed", "reed"),
        ("Young-Hall", "younghall"),
    ),
)
NAMES = {
    "Germany": _GERMAN,
    "Austria": _GERMAN,
    "Iran": _PERSIAN,
    "Turkey": _TURKISH,
    "United Kingdom": _ENGLISH,
    "United States": _ENGLISH,
}

COMPANY_STEMS = {
    "Germany": ("Nordlicht", "Elbtal", "Kranich", "Bärenfels", "Lindenhof", "Isar"),
    "Austria": ("Donau", "Alpenrose", "Steirer", "Salzach"),
    "Iran": ("Pars", "زاگرس", "Arvand", "Caspian", "آفتاب", "Alborz"),
    "Turkey": ("Boğaz", "Anadolu", "Ege", "Yıldız"),  # codespell:ignore
    "United Kingdom": ("Thames", "Pennine", "Ashdown", "Kestrel"),
    "United States": ("Hudson", "Lakeshore", "Redwood", "Beacon"),
}
COMPANY_KINDS = (
    "Handel",  # codespell:ignore
    "Hotels",
    "Logistik",
    "Software",
    "Cafés",
    "Pharma",
    "Medien",
    "Bau",
)
COMPANY_FORMS = {
    "Germany": "GmbH",
    "Austria": "GmbH",
    "Iran": "Co.",
    "Turkey": "A.Ş.",
    "United Kingdom": "Ltd",
    "United States": "Inc.",
}
INDUSTRIES = (
    "HOSPITALITY",
    "RETAIL",
    "COMPUTER_SOFTWARE",
    "LOGISTICS_AND_SUPPLY_CHAIN",
    "PHARMACEUTICALS",
    "MEDIA_PRODUCTION",
    "CONSTRUCTION",
)

# (sku, name, category, price in euro cents); sold in the shop and in deals.
PRODUCTS = (
    ("TEA-DAR-100", "Darjeeling First Flush 100 g", "tea", 1490),
    ("TEA-EAR-100", "Earl Grey 100 g", "tea", 890),
    ("TEA-SEN-250", "Sencha 250 g", "tea", 1850),
    ("TEA-LAH-500", "Lahijan Schwarztee 500 g", "tea", 1690),
    ("TEA-MIN-050", "Moroccan Mint 50 g", "tea", 590),
    ("TEA-ROO-200", "Rooibos Vanille 200 g", "tea", 1090),
    ("COF-ESP-1000", "Espresso Nero 1 kg", "coffee", 2390),
    ("COF-FIL-500", "Filterkaffee Hausmischung 500 g", "coffee", 1190),
    ("COF-ETH-250", "Ethiopia Yirgacheffe 250 g", "coffee", 1150),
    ("COF-DEC-500", "Decaf Monte 500 g", "coffee", 1290),
    ("COF-TUR-250", "Türk Kahvesi 250 g", "coffee", 790),
    ("SAF-NEG-001", "زعفران نگین 1 g", "saffron", 1290),
    ("SAF-NEG-005", "زعفران نگین 5 g", "saffron", 5490),
    ("SAF-POW-010", "Saffron powder 10 g", "saffron", 9900),
    ("SWE-GAZ-450", "گز اصفهان 450 g", "sweets", 1390),
    ("SWE-LOK-300", "Lokum Rose 300 g", "sweets", 950),
    ("SWE-SOH-250", "Sohan Qom 250 g", "sweets", 1090),
    ("SWE-CHO-100", "Schokolade Kardamom 100 g", "sweets", 490),
    ("EQU-KET-001", "Kettle Pro 1.7 l", "equipment", 8900),
    ("EQU-GRI-001", "Grinder Steel", "equipment", 14900),
    ("EQU-ESP-100", "Espresso machine Office 100", "equipment", 129000),
    ("EQU-ESP-300", "Espresso machine Office 300", "equipment", 349000),
    ("EQU-SAM-001", "سماور برنجی", "equipment", 21900),
    ("EQU-CUP-012", "Tea glasses, set of 12", "equipment", 2490),
    ("GFT-025", "Gift card 25", "gift_card", 2500),
    ("GFT-050", "Gift card 50", "gift_card", 5000),
    ("GFT-100", "Gift card 100", "gift_card", 10000),
)

# (name, source, medium, content, first day, last day, weight).
CAMPAIGNS = (
    ("always-on-brand", "google", "cpc", "brand", "2024-11-01", "2026-11-18", 3),
    ("black-friday-24", "facebook", "paid_social", "carousel", "2024-11-20", "2024-12-03", 8),
    ("xmas-24", "google", "cpc", "gifts", "2024-12-01", "2024-12-23", 4),
    ("nowruz-1404", "instagram", "paid_social", "haft-sin", "2025-03-05", "2025-03-22", 6),
    ("spring-newsletter-25", "newsletter", "email", "april", "2025-04-01", "2025-04-30", 3),
    ("summer-25", "facebook", "paid_social", "iced-tea", "2025-06-15", "2025-08-15", 3),
    ("black-friday-25", "facebook", "paid_social", "video", "2025-11-19", "2025-12-02", 9),
    ("xmas-25", "google", "cpc", "gifts", "2025-12-01", "2025-12-23", 5),
    ("nowruz-1405", "instagram", "paid_social", "haft-sin", "2026-03-05", "2026-03-22", 8),
    ("office-coffee-26", "linkedin", "paid_social", "machines", "2026-04-10", "2026-06-30", 3),
    ("summer-26", "facebook", "paid_social", "iced-tea", "2026-06-15", "2026-08-15", 4),
    ("autumn-newsletter-26", "newsletter", "email", "october", "2026-10-01", "2026-11-18", 4),
)  # fmt: skip

# Trade shows: (name, kind, first day, last day).
TRADE_SHOWS = (
    ("Internorga Hamburg 2025", "TRADE_SHOW", "2025-03-14", "2025-03-18"),
    ("Tehran Food Expo 2025", "TRADE_SHOW", "2025-05-21", "2025-05-24"),
    ("Webinar: office coffee", "WEBINAR", "2025-09-11", "2025-09-11"),
    ("London Coffee Festival 2026", "TRADE_SHOW", "2026-05-14", "2026-05-17"),
    ("Istanbul Gıda Fuarı 2026", "TRADE_SHOW", "2026-09-02", "2026-09-05"),
    ("SIAL Paris 2026", "TRADE_SHOW", "2026-10-17", "2026-10-21"),
)

REFERRERS = (
    ("", 5),
    ("https://www.google.com/", 4),
    ("https://www.bing.com/", 1),
    ("https://www.instagram.com/", 1),
    ("https://www.kaffeeblog.example/bester-tee", 1),
    ("https://duckduckgo.com/", 1),
)

USER_AGENTS = (
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/141.0.0.0 Safari/537.36"
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1"
    ),
    (
        "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/141.0.0.0 Mobile Safari/537.36"
    ),
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Version/19.0 Safari/605.1.15"
    ),
    "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
)
BOT_AGENTS = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    (
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "HeadlessChrome/141.0.0.0 Safari/537.36"
    ),
    "python-requests/2.32.3",
)
