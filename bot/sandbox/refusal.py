"""How the workspace says no."""

from bot.sandbox.wire import Json


class Refused(Exception):
    """A Web API call refused: becomes `{"ok": false, "error": …}` with status 200."""

    def __init__(self, error: str, *problems: str) -> None:
        super().__init__(": ".join([error, *problems]))
        self.error = error
        self.problems = problems

    def answer(self) -> Json:
        body: Json = {"ok": False, "error": self.error}
        if self.problems:
            body["errors"] = list(self.problems)
            body["response_metadata"] = {"messages": [f"[ERROR] {each}" for each in self.problems]}
        return body


class NothingThere(AssertionError):
    """A person looks for a button, field or view that is not there; says what there is."""
