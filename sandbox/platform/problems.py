"""Friendly pages for what went wrong, and JSON for who asked for JSON."""

from collections.abc import Sequence

import falcon
import msgspec

from sandbox.platform.markup import Html, join, render, show_page


class PageProblem(Exception):
    """Shown to the person in the browser as a page of its own.

    `detail` is for whoever integrates; `links` are (address, label) pairs on top of the link to the games.
    """

    def __init__(
        self, status: str, heading: str, message: str, *, detail: str = "", links: Sequence[tuple[str, str]] = ()
    ) -> None:
        super().__init__(heading)
        self.status = status
        self.heading = heading
        self.message = message
        self.detail = detail
        self.links = links


def show_problem(
    _request: falcon.Request, response: falcon.Response, problem: PageProblem, _params: dict[str, object]
) -> None:
    """Falcon's handler of PageProblem."""
    response.status = problem.status
    links = [
        *(render_link("button", address, label) for address, label in problem.links),
        render_link("button quiet", "/", "Games of this platform"),
    ]
    content = render(
        "problem",
        heading=problem.heading,
        message=problem.message,
        detail=render("detail", text=problem.detail) if problem.detail else "",
        links=join(links),
    )
    show_page(response, problem.heading, content, body_class="centred")


def write_error(request: falcon.Request, response: falcon.Response, error: falcon.HTTPError) -> None:
    """Falcon's serializer of HTTP errors: a page for a browser, JSON for the rest."""
    if "text/html" in request.accept:
        problem = PageProblem(str(error.status), error.title or "", error.description or "Nothing is here.")
        show_problem(request, response, problem, {})
        return
    response.content_type = falcon.MEDIA_JSON
    response.data = msgspec.json.encode({"title": error.title, "description": error.description})


def render_link(kind: str, address: str, label: str) -> Html:
    return render("link", kind=kind, address=address, label=label, rel="noopener noreferrer")
