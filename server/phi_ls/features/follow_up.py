"""A question in the user's own words, and what has been said before: arguments of phi-ls.explain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pygls.exceptions import JsonRpcInvalidParams

from phi_ls.context.secrets import masked
from phi_ls.markdown_text import clean
from phi_ls.messages.text import say
from phi_ls.prompts.conversation import Turn
from phi_ls.prompts.family import takes_questions
from phi_ls.protocol import RequestFailed
from phi_providers.messages import Urgency

if TYPE_CHECKING:
    from phi_ls.server import PhiLanguageServer

MAX_QUESTION_CHARS = 2_000
MAX_ANSWER_CHARS = 20_000
MAX_TURNS = 20


def follow_up(server: PhiLanguageServer, options: dict[str, Any]) -> tuple[str, tuple[Turn, ...]]:
    """Return the question and what was said before, keys and passwords masked; an empty question if none is asked.

    Raises JsonRpcInvalidParams, and RequestFailed where a model answers that cannot be asked.
    """
    if options.get("question") is None:
        return "", ()
    question = _text(options["question"], "question", MAX_QUESTION_CHARS)
    if not question:
        raise JsonRpcInvalidParams("'question' must not be empty")
    turns = tuple(_turn(each, f"previous[{at}]") for at, each in enumerate(_list(options.get("previous"))))
    refuse_to_ask(server)
    return question, turns


def refuse_to_ask(server: PhiLanguageServer) -> None:
    """Raise RequestFailed where a model answers that takes no questions in the user's own words."""
    model = server.session.pool.model_for(Urgency.ASKED)
    if model is not None and not takes_questions(model):
        raise RequestFailed(
            say(
                "the model {model} cannot be asked questions: it was not trained to answer them; "
                "`phi-ls models list` shows others",
                model=model.id,
            )
        )


def _turn(value: Any, name: str) -> Turn:
    if not isinstance(value, dict):
        raise JsonRpcInvalidParams(f"'{name}' must be an object")
    asked = value.get("question")
    return Turn(
        question="" if asked is None else _text(asked, f"{name}.question", MAX_QUESTION_CHARS),
        answer=_text(value.get("answer"), f"{name}.answer", MAX_ANSWER_CHARS),
    )


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > MAX_TURNS:
        raise JsonRpcInvalidParams(f"'previous' must be a list of at most {MAX_TURNS} entries")
    return value


def _text(value: Any, name: str, most: int) -> str:
    if not isinstance(value, str) or len(value) > most:
        raise JsonRpcInvalidParams(f"'{name}' must be a string of at most {most:,} characters")
    return "\n".join(map(masked, clean(value).strip().split("\n")))
