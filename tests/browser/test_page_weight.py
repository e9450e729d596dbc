"""What a question page costs on the line: a phone on a slow network must not wait for it."""

import pytest
from sitting_pages import go, ready

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

FIRST_KB, FIRST_REQUESTS, LATER_KB = 50, 8, 12


def weigh(page, visit):
    """Bytes on the line, headers included, and the number of requests."""
    found = []

    def note(request):
        found.append(request)

    page.on("requestfinished", note)
    visit()
    ready(page)
    page.wait_for_load_state("networkidle")
    page.remove_listener("requestfinished", note)
    sizes = [request.sizes() for request in found]
    bytes_sent = sum(one["responseBodySize"] + one["responseHeadersSize"] for one in sizes)
    return bytes_sent / 1000, [request.url for request in found]


def test_a_question_page_is_light(sitting, device):
    address, context = (page := sitting(time_limit_s=3600)).url, page.context
    phone = device()
    phone.add_cookies(context.cookies())
    fresh = phone.new_page()
    kilobytes, asked = weigh(fresh, lambda: fresh.goto(address))
    assert kilobytes <= FIRST_KB, (kilobytes, asked)
    assert len(asked) <= FIRST_REQUESTS, asked
    for place in ("several", "order", "year"):
        kilobytes, asked = weigh(fresh, lambda place=place: go(fresh, place))
        assert kilobytes <= LATER_KB, (kilobytes, asked)
