"""The console's rules and tutors' links, and the page that a tutor has."""

from __future__ import annotations

import pytest


def at_the_desk(look, stand, recorded, lang="en", width=1280, height=800):
    sight = look(f"{stand.address}/f?lang={lang}#{recorded.SECRET}", width, height)
    sight.page.wait_for_selector("[data-key=rules]")
    return sight


def sent(command):
    return {key: value for key, value in command.items() if key != "id"}


def test_a_rule_is_read_in_both_languages_before_it_is_set(look, stand, recorded) -> None:
    sight = at_the_desk(look, stand, recorded)
    panel = sight.page.locator("[data-key=rules]")
    assert "Now 10 %" in panel.inner_text()
    assert panel.get_by_text("Preview", exact=True).is_disabled()  # it has this value already
    for _ in range(5):
        panel.get_by_label("More: New value %").click()
    sight.page.wait_for_function("() => document.getElementById('rule-new').value === '15'")
    panel.locator("select").nth(1).select_option("next")
    panel.get_by_text("Preview", exact=True).click()
    panel.locator(".banner.warn").wait_for()
    assert "10% → 15%" in panel.inner_text()
    assert "规则变更" in panel.inner_text()
    assert stand.asked == []
    panel.get_by_text("Announce it").click()
    sight.page.wait_for_selector(".note.good")
    wanted = {"type": "rule.set", "venue": "permit-market", "set": {"price_band": 0.15}, "when": "next"}
    assert [sent(one) for one in (*stand.previewed, *stand.asked)] == [wanted, wanted]


def test_what_was_read_is_what_is_set(look, stand, recorded) -> None:
    sight = at_the_desk(look, stand, recorded)
    panel = sight.page.locator("[data-key=rules]")
    panel.locator("#rule-new").fill("12.5")
    panel.get_by_text("Preview", exact=True).click()
    panel.get_by_text("Announce it").wait_for()
    panel.locator("#rule-new").fill("80")
    panel.get_by_text("Announce it").wait_for(state="detached")
    for text, why in (("120", "between 1 % and 99 %"), ("much", "Type a number")):
        panel.locator("#rule-new").fill(text)
        panel.get_by_text(why).wait_for()
        assert panel.get_by_text("Preview", exact=True).is_disabled()
    assert stand.asked == []


def test_a_refusal_of_a_rule_is_read_in_the_panel(look, stand, recorded) -> None:
    stand.announce = lambda _: (409, {"ok": False, "code": "NO_LATER_PHASE", "zh": "没有了", "en": "no trading phase follows"})  # fmt: skip
    sight = at_the_desk(look, stand, recorded)
    sight.page.locator("[data-key=rules] select").nth(0).select_option("1")
    sight.page.wait_for_function("() => document.getElementById('rule-new').value === '1000000'")
    sight.page.fill("#rule-new", "500000")
    sight.page.click("[data-key=rules] >> text=Preview")
    sight.page.wait_for_selector("[data-key=rules] .banner.bad")
    assert "no trading phase follows" in sight.page.inner_text("[data-key=rules]")
    assert stand.previewed[0]["set"] == {"fine_cny": 500000}


def test_a_change_that_waits_is_taken_back_by_its_number(look, stand, recorded) -> None:
    stand.waiting = [{"n": n, "when": "next", "name": recorded.both(f"规则{n}", f"rule {n}")} for n in (17, 21)]
    sight = at_the_desk(look, stand, recorded)
    sight.page.locator(".waiting li", has_text="rule 17").get_by_text("Take back").click()
    sight.page.wait_for_selector(".note.good")
    assert [sent(one) for one in stand.asked] == [{"type": "shock.undo", "of": 17}]
    stand.waiting = []
    stand.frame()
    sight.page.wait_for_selector("text=rule 17", state="detached")


def test_a_tutors_link_is_made_shown_once_and_taken_back(look, stand, recorded) -> None:
    rows = ["10" * 12 + "1"] * 25
    stand.answer = lambda asked: (200, {"ok": True, "events": [], **({"tutor": "t2", "token": "x", "path": "/f#secret-of-t2", "rows": rows} if asked["type"] == "tutor.add" else {})})  # fmt: skip
    sight = at_the_desk(look, stand, recorded)
    sight.page.click("text=Links for tutors")
    card = sight.page.locator("[data-key=tutors]")
    assert card.get_by_text("Make a link for 0 seats").is_disabled()
    card.get_by_role("button", name="Cheap works 1").click()
    card.get_by_role("button", name="Dear works 2").click()
    card.get_by_label("Tutor's name").fill("Chen")
    card.get_by_text("Make a link for 2 seats").click()
    card.locator(".tutor-link .qr").wait_for()
    assert "http://192.168.1.20:8080/f#secret-of-t2" in card.inner_text()
    assert sent(stand.asked[0]) == {"type": "tutor.add", "name": "Chen", "seats": ["A1", "D2"]}
    sight.is_sound()
    sight.page.click("text=Fold up")
    sight.page.click("text=Links for tutors")
    assert "secret-of-t2" not in card.inner_text()
    row = card.locator(".waiting li", has_text="Chen")
    row.get_by_text("Take the link back").click()
    row.get_by_text("Yes, take it back").click()
    row.wait_for(state="detached")
    assert sent(stand.asked[1]) == {"type": "tutor.remove", "tutor": "t2"}
    assert "Lin" in card.inner_text()


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 800), (1920, 1080)])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_tutors_page_has_the_own_seats_messages_and_the_autopilot(
    look, stand, recorded, lang, width, height
) -> None:
    sight = look(f"{stand.address}/f?lang={lang}#{recorded.TUTOR}", width, height)
    sight.page.wait_for_selector(".seats-table")
    assert sight.page.locator(".seat-button").count() == 3
    alerts = sight.page.inner_text(".alerts")
    assert recorded.NAMES["B2"][lang == "en"] in alerts
    assert recorded.NAMES["D4"][lang == "en"] not in sight.page.inner_text("#app")
    for absent in ("clock", "deck", "rules", "tutors", "markets"):
        assert sight.page.locator(f"[data-key={absent}]").count() == 0
    sight.page.click(".seat-button >> nth=0")
    sight.page.wait_for_selector(".deeds")
    assert sight.page.locator(".deeds button").count() == 1
    assert sight.page.locator("[data-key=say] option").count() == 3  # and not all
    sight.is_sound()
    sight.page.locator("[data-key=say] select").select_option("B2")
    sight.page.fill("[data-key=say] input", "look")
    sight.page.click("[data-key=say] .primary")
    sight.until(lambda: len(stand.asked) == 1)
    sight.drawn()
    sight.page.click(".deeds button")
    sight.until(lambda: len(stand.asked) == 2)
    sight.page.evaluate("document.activeElement.blur()")
    sight.page.keyboard.press("Space")  # it pauses nothing, it scrolls; so nothing is pressed after it
    sight.page.evaluate("fetch('/healthz').then((answer) => answer.text())")
    said = [sent(one) for one in stand.asked]
    assert said[0] == {"type": "message", "to": "B2", "text": "look"}
    assert [one["type"] for one in said] == ["message", "seat.autopilot"]


def test_a_console_without_a_server_says_how_to_go_on(look, stand, recorded) -> None:
    sight = at_the_desk(look, stand, recorded)
    sight.page.clock.install()
    stand.mute = True
    sight.page.clock.run_for(12000)
    sight.page.wait_for_selector("[data-key=gone]")
    assert "room resume rooms/classroom-permits-1-K7M3QX" in sight.page.inner_text("[data-key=gone]")
    sight.is_sound()


def test_the_benchmark_and_who_would_comply_are_told_at_the_desk(look, stand, recorded) -> None:
    sight = at_the_desk(look, stand, recorded)
    sight.page.wait_for_selector("text=Benchmark 61.25 to 66 CNY (hidden from the room)")
    # of the eight seats of the stand three have a gap of nothing or less
    assert "3 of 8 seats that owe would comply (38 %)" in sight.page.inner_text(".forecast")
    assert sight.errors() == []
