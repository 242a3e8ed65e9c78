"""What tests ask of a page again and again."""

from typing import Any

from playwright.sync_api import Page, Response, expect


def place(page: Page, words: str) -> None:
    """Type a place and take the best match by keyboard, as an operator does."""
    page.locator("#where").press_sequentially(words)
    expect(page.locator("#places [role=option]").first).to_be_visible()
    page.locator("#where").press("Enter")


def pin_by_hand(page: Page, lon: float, lat: float) -> None:
    """Click the map at a place that has no sign on it."""
    page.evaluate(
        "([lon, lat]) => window.tanggap.map.jumpTo({center: [lon, lat], zoom: 13})", [lon, lat]
    )
    box = page.locator("#map canvas").bounding_box()
    assert box is not None
    page.locator("#map canvas").click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    expect(page.locator(".radius")).to_be_visible()


def save(page: Page) -> dict[str, Any]:
    """Save with the one key; what the server answered."""
    with page.expect_response(is_answer_to_call) as answered:
        page.keyboard.press("Control+Enter")
    body: dict[str, Any] = answered.value.json()
    return body


def is_answer_to_call(response: Response) -> bool:
    """Whether this is the answer to POST /api/calls."""
    return response.url.endswith("/api/calls") and response.request.method == "POST"


HAS_DOT = """([id, village, before]) => {
  const {map} = window.tanggap;
  const dots = map.queryRenderedFeatures({layers: ["incidents"]});
  const state = map.getFeatureState({source: "villages", sourceLayer: "villages", id: village});
  return dots.some((dot) => dot.id === id) && state.open === before + 1;
}"""
