"""Text that was encoded twice is repaired, and no other text is touched."""

import pytest

from sparkify.ingest.encoding import repair

# As artists and songs are written, in many scripts and with what looks suspicious.
CLEAN = (
    *("Björk", "Sigur Rós", "Motörhead", "Beyoncé", "Hüsker Dü", "Zoë", "À ton étoile"),
    *("São Paulo", "SÃO PAULO", "Ça Ira", "Łona", "Dvořák", "Nguyễn Ánh 9", "Ørsted"),
    *("Молчат Дома", "Ελευθερία Αρβανιτάκη", "שלמה ארצי", "أم كلثوم", "लता मंगेशकर"),
    *(
        "東京事変",
        "방탄소년단",
        "คาราบาว",
        "“Weird Al”",
        "N’Sync",
        "AC/DC – Live",
        "50 €",
    ),
    *("☃ ♥ 🎵", "¿Qué? ¡Sí!", "Où es-tu ?", "½ Mensch", "Æon Flux", "Â", "Ã", "Größe"),
    *("AT&T &amp; Co", "a\u00adb", "ﬁne", "Ⅷ", "e\u0301", "plain ASCII", ""),
)


def encoded_again(text: str, encoding: str) -> str:
    """Return what a program makes of UTF-8 that it reads as another encoding."""
    return text.encode().decode(encoding)


@pytest.mark.parametrize("text", CLEAN)
def test_clean_text_stays_unchanged(text: str) -> None:
    assert repair(text) == text


@pytest.mark.parametrize("text", CLEAN)
def test_text_that_was_encoded_twice_is_repaired(text: str) -> None:
    assert repair(encoded_again(text, "latin-1")) == text


@pytest.mark.parametrize("text", ["Björk", "Beyoncé", "東京事変", "N’Sync", "Café"])
def test_text_that_was_encoded_three_times_is_repaired(text: str) -> None:
    twice = encoded_again(text, "latin-1")
    assert repair(encoded_again(twice, "latin-1")) == text


@pytest.mark.parametrize("text", ["Björk", "Beyoncé", "Motörhead", "N’Sync", "50 €"])
def test_text_that_was_read_as_windows_1252_is_repaired(text: str) -> None:
    assert repair(encoded_again(text, "cp1252")) == text


@pytest.mark.parametrize("text", ["Björk", "Beyoncé", "東京事変", "🎵", "Sigur Rós é"])
def test_octal_escapes_of_bytes_are_repaired(text: str) -> None:
    escaped = "".join(
        character
        if character.isascii()
        else "".join(f"\\{byte:03o}" for byte in character.encode())
        for character in text
    )
    assert escaped.isascii()
    assert repair(escaped) == text


@pytest.mark.parametrize(
    "text", [r"C:\100", r"\040", r"\303", r"a\377\377", r"\8", "\\"]
)
def test_other_backslashes_stay(text: str) -> None:
    assert repair(text) == text


def test_the_garbled_name_in_the_logs_is_repaired() -> None:
    assert repair("BjÃ\x83Â¶rk") == "Björk"
