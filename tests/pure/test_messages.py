"""What is said to the user: English until it is sent, then the user's language with all that was put into it."""

from __future__ import annotations

import copy
import json
import pickle

import pytest

from phi_ls.messages.catalogue import Catalogue, catalogue_for
from phi_ls.messages.provided import provided
from phi_ls.messages.sizes import size_of
from phi_ls.messages.text import Text, cause_of, joined, say, say_counted
from phi_providers.models.elsewhere import privacy, server_address
from phi_providers.models.installed import builtin
from phi_providers.sizes import size_text

GERMAN, SERBIAN, SWAHILI = Catalogue("de"), Catalogue("sr"), Catalogue("sw")


def test_a_text_is_english_by_itself() -> None:
    """Logs, terminals and files get the English sentence without being told of languages."""
    text = say("The document has more than {limit:,} lines.", limit=100_000)
    assert "The document has more than 100,000 lines." == text == f"{text}" == json.loads(json.dumps(text))


def test_a_text_in_a_text_is_translated_with_it() -> None:
    """A sentence is never half in one language and half in another."""
    stage = provided("compiling for CPU")
    said = say("loading {model} on {device}: {stage}", model="tiny", device="CPU", stage=stage)
    assert "loading tiny on CPU: compiling for CPU" == said
    assert "tiny wird auf CPU geladen: wird für CPU kompiliert" == GERMAN.text(said)


def test_sentences_are_joined_before_they_are_translated() -> None:
    """What stands between them is nobody's language; braces in a part are text."""
    said = joined("; ", [say("ready"), "{as it is}", say("not loaded")])
    assert ("ready; {as it is}; not loaded", "bereit; {as it is}; nicht geladen") == (said, GERMAN.text(said))
    assert "" == joined("; ", [])


def test_fields_are_no_templates() -> None:
    """A name out of a workspace can ask for no attribute and for no other field."""
    said = say("no explanation: {cause}", cause="{cause.__class__} {0} {{")
    assert "keine Erklärung: {cause.__class__} {0} {{" == GERMAN.text(said)


@pytest.mark.parametrize(
    ("count", "serbian", "indonesian", "swahili"),
    [
        (1, "има још 1 проблем", "masih ada 1 masalah lagi", "kuna tatizo 1 zaidi"),
        (3, "има још 3 проблема", "masih ada 3 masalah lagi", "kuna matatizo 3 zaidi"),
        (11, "има још 11 проблема", "masih ada 11 masalah lagi", "kuna matatizo 11 zaidi"),
        (21, "има још 21 проблем", "masih ada 21 masalah lagi", "kuna matatizo 21 zaidi"),
    ],
)
def test_counts_take_the_form_of_their_language(count: int, serbian: str, indonesian: str, swahili: str) -> None:
    """Serbian counts 21 as 1, Indonesian has one form, English and Swahili have two."""
    said = say_counted("has {count} more problem", "has {count} more problems", count=count)
    assert f"has {count} more problem{'s' * (count != 1)}" == said
    assert (serbian, indonesian, swahili) == (SERBIAN.text(said), Catalogue("id").text(said), SWAHILI.text(said))


def test_numbers_have_the_marks_of_their_language() -> None:
    """2,000.5 is 2.000,5 where a comma marks the decimals, and digits of a name or a path stay as they are."""
    said = say("a line by {model} takes {took:.1f} s on {device}; inlineCompletion.model changes it", model="v1.5",
               took=2.5, device="GPU.0")  # fmt: skip
    lines = say("The document has more than {limit:,} lines.", limit=100_000)
    assert "eine Zeile von v1.5 dauert auf GPU.0 2,5 s; inlineCompletion.model ändert das" == GERMAN.text(said)
    assert ("Dokument ima više od 100.000 redova.", "Hati ina zaidi ya mistari 100,000.") == (
        Catalogue("sr", latin=True).text(lines),
        SWAHILI.text(lines),
    )


@pytest.mark.parametrize("size", [0, 999_499_999, 1_000_000_000, 2_345_678_901])
def test_sizes_read_as_they_do_on_terminals(size: int) -> None:
    """The same number in the question in the editor and in the lists of the command line."""
    assert size_text(size) == size_of(size)
    assert size_text(size).replace(".", ",") == GERMAN.text(size_of(size))


@pytest.mark.parametrize("again", [copy.deepcopy, lambda text: pickle.loads(pickle.dumps(text))])
def test_a_copy_can_be_translated(again: type) -> None:
    """Dataclasses copy what they hold when they become dictionaries."""
    text = again(say("the editor cancelled the request"))
    assert "der Editor hat die Anfrage abgebrochen" == GERMAN.text(text)


def test_an_exception_keeps_what_it_was_raised_with() -> None:
    """The sentence of an error of ours is translated in another's, that of a library is passed on."""
    ours, theirs = ValueError(say("must be an absolute path")), OSError(2, "No such file")
    assert "muss ein absoluter Pfad sein" == GERMAN.text(cause_of(ours))
    assert str(theirs) == GERMAN.text(cause_of(theirs))
    assert "" == cause_of(ValueError())


def test_only_texts_are_translated_in_a_value() -> None:
    """What a model or a document says may read like a sentence of ours, and is not touched; neither are keys."""
    value = {"ready": ["ready", say("ready"), 1, None, {"deep": (say("done"),)}]}
    assert {"ready": ["ready", "bereit", 1, None, {"deep": ["fertig"]}]} == GERMAN.value(value)


@pytest.mark.parametrize(
    ("tags", "ready"),
    [
        (["de"], "bereit"),
        (["de_AT.UTF-8"], "bereit"),
        (["pt-br"], "pronto"),
        (["pt"], "pronto"),
        (["in-ID"], "siap"),
        (["sw-KE"], "tayari"),
        (["sr"], "спремно"),
        (["sr-Cyrl-ME"], "спремно"),
        (["sr-Latn-RS"], "spremno"),
        (["sr-me"], "spremno"),
        (["sr@latin"], "spremno"),
        (["sh"], "spremno"),
        (["auto", "de"], "bereit"),
        (["ja", "de"], "bereit"),
        (["en", "de"], "ready"),
        (["EN-us"], "ready"),
        (["zz", ""], "ready"),
        ([None], "ready"),
    ],
)
def test_the_first_tag_with_a_catalogue_decides(tags: list[str | None], ready: str) -> None:
    """Tags as editors and systems write them; a language without a catalogue leaves the choice to the next."""
    assert ready == catalogue_for(*tags).text(say("ready"))


def test_serbian_in_latin_letters_leaves_names_alone() -> None:
    """Only the sentence is transliterated, two letters where the alphabet has two, never what was put into it."""
    said = say("no explanation: {cause}", cause="Љ у датотеци")
    assert "nema objašnjenja: Љ у датотеци" == Catalogue("sr", latin=True).text(said)


@pytest.mark.parametrize("address", ["http://localhost:8000/v3", "https://example.org/v1", "http://example.org"])
def test_where_code_is_sent_is_said_in_the_users_language(address: str) -> None:
    """Nobody should have to read English to learn that code leaves the machine."""
    english = privacy(server_address(address))
    assert isinstance(provided(english), Text)
    assert english == provided(english) != GERMAN.text(provided(english))


def test_what_the_built_in_model_says_of_itself_is_known() -> None:
    """The note in its folder is the one that the catalogues have."""
    note = builtin().note
    assert note
    assert note == provided(note) != SWAHILI.text(provided(note))
    assert "what a stranger's model says" == SWAHILI.text(provided("what a stranger's model says"))
