"""The words of the articles, in the three languages that the company writes in."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """What an article in one language is made of; subjects are (title, slug)."""

    code: str
    subjects: tuple[tuple[str, str], ...]
    topics: tuple[str, ...]
    headings: tuple[str, ...]
    words: str


_GERMAN = Language(
    "de",
    (
        ("Der beste Tee für kalte Tage", "tee-kalte-tage"),  # codespell:ignore
        ("Espresso im Büro: was zählt", "espresso-buero"),
        ("Safran erkennen und lagern", "safran-lagern"),
        ("Teezeremonie für Einsteiger", "teezeremonie"),
        ("Welche Mühle passt zu mir?", "muehle-waehlen"),  # codespell:ignore
        ("Geschenke aus dem Orient", "geschenke-orient"),
    ),
    ("Tee", "Kaffee", "Safran", "Rezepte", "Büro", "Geschenke"),
    ("Zubereitung", "Herkunft", "Fünf Tipps", "Häufige Fehler", "Fazit"),
    (
        "der Tee wird mit heißem Wasser nicht kochend aufgegossen und zieht drei Minuten "
        "danach schmeckt er mild ein guter Kaffee braucht frisch gemahlene Bohnen und "
        "sauberes Gerät Safran gehört dunkel trocken in ein Glas für größere Runden "
        "lohnt sich eine Kanne"
    ),
)
_ENGLISH = Language(
    "en",
    (
        ("How to brew a better cup", "better-cup"),
        ("Office coffee on a budget", "office-coffee-budget"),
        ("Saffron: a buyer's guide", "saffron-guide"),
        ("Cold brew for hot days", "cold-brew"),
        ("What's in a tea glass?", "tea-glass"),
        ("Sweets that travel well", "sweets-travel"),
    ),
    ("Tea", "Coffee", "Saffron", "Recipes", "Office", "Gifts"),
    ("Method", "Origin", "Five tips", "Common mistakes", "In short"),
    (
        "fresh water makes the difference because old water tastes flat grind the beans "
        "just before brewing and keep the machine clean a pinch of saffron colours a "
        "whole pot of rice store it dark and dry guests like a glass of mint tea after "
        "dinner"
    ),
)
_PERSIAN = Language(
    "fa",
    (
        ("راهنمای خرید زعفران", "rahnama-zaferan"),
        ("چای لاهیجان را چگونه دم کنیم", "chai-lahijan"),
        ("قهوه در اداره", "ghahve-edare"),
        ("سفره هفت‌سین و شیرینی", "haft-sin"),
        ("هدیه‌های نوروزی", "hedye-nowruz"),
    ),
    ("چای", "قهوه", "زعفران", "نوروز", "هدیه"),
    ("روش تهیه", "خاستگاه", "پنج نکته", "اشتباه‌های رایج", "جمع‌بندی"),
    (
        "چای خوب با آب تازه دم می‌شود و پس از چند دقیقه رنگ می‌گیرد زعفران را باید در جای "
        "خشک و تاریک نگه داشت قهوه تازه آسیاب شده عطر بیشتری دارد مهمان‌ها پس از شام یک "
        "استکان چای با شیرینی می‌خواهند"
    ),
)
LANGUAGES = {one.code: one for one in (_GERMAN, _ENGLISH, _PERSIAN)}
