"""What the hub's answers mean: go on, try again, or tell the user."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import httpx2

from phi_providers.hub.failures import PullFailed, TryAgain

FOR_NOW = (408, 425, 429, 500, 502, 503, 504)


@contextlib.contextmanager
def explained(what: str) -> Iterator[None]:
    """Turn whatever the library raises about `what` into TryAgain or PullFailed."""
    from huggingface_hub import errors

    try:
        yield
    except (httpx2.TransportError, httpx2.StreamError) as exc:
        raise TryAgain(f"{what} could not be fetched: {_cause(exc)}") from exc
    except errors.GatedRepoError as exc:
        raise PullFailed(
            f"{what} is only given to who has accepted its terms on the hub; do that, and set HF_TOKEN"
        ) from exc
    except errors.RevisionNotFoundError as exc:
        raise PullFailed(f"{what} is not there in this revision any more; `--latest` takes the newest") from exc
    except errors.RepositoryNotFoundError as exc:
        raise PullFailed(f"{what} is not on this hub, or HF_TOKEN gives no access to it") from exc
    except errors.HfHubHTTPError as exc:
        raise _refused(what, exc.response) from exc
    except (httpx2.HTTPError, httpx2.InvalidURL) as exc:  # too many redirections, an answer that cannot be decoded
        raise PullFailed(f"{what} could not be fetched: {_cause(exc)}") from exc
    except errors.HFValidationError as exc:
        raise PullFailed(f"{what} has a name that no hub has: {exc}") from exc


def _refused(what: str, response: httpx2.Response) -> Exception:
    status = response.status_code
    if status in FOR_NOW:
        return TryAgain(f"the hub answers {status} for {what}", _retry_after_s(response))
    return PullFailed(f"the hub answers {status} for {what}; check HF_ENDPOINT, HF_TOKEN and your proxy")


def _retry_after_s(response: httpx2.Response) -> float | None:
    text = response.headers.get("retry-after", "").strip()
    return float(text) if text.isascii() and text.isdigit() and len(text) < 8 else None


def _cause(exc: Exception) -> str:
    text = str(exc).strip()
    return f"{type(exc).__name__}: {text}" if text else type(exc).__name__
