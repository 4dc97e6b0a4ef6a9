#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The page in headless Chromium: page.py URL TOKEN DIRECTORY; the screenshots go into DIRECTORY."""
import base64
import json
import os
import subprocess
import sys
import time

DEADLINE = 60  # seconds that anything may take


class Browser:
    """Chromium's own protocol over its pipe: messages of JSON, each with a NUL behind it."""

    def __init__(self, directory):
        their_in, self.out = os.pipe()
        self.back, their_out = os.pipe()
        self.number, self.rest, self.events, self.session = 0, b"", [], None
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                 "--disable-background-networking", "--disable-component-update", "--hide-scrollbars",
                 "--remote-debugging-pipe", "--user-data-dir=" + directory + "/profile"]

        def descriptors():
            os.dup2(their_in, 103)
            os.dup2(their_out, 104)
            os.dup2(103, 3)
            os.dup2(104, 4)

        self.process = subprocess.Popen(["chromium"] + flags + ["about:blank"], preexec_fn=descriptors, close_fds=False,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(their_in)
        os.close(their_out)

    def receive(self):
        while b"\0" not in self.rest:
            data = os.read(self.back, 1 << 20)
            assert data, "chromium has ended"
            self.rest += data
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            got = self.receive()
            if got.get("id") == self.number:
                assert "error" not in got, (method, got)
                return got["result"]
            self.events.append(got)

    def open(self):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.call(domain + ".enable")

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, (expression, result)
        return result["result"].get("value")

    def wait(self, expression):
        end = time.monotonic() + DEADLINE
        while not self.evaluate(expression):
            assert time.monotonic() < end, "never: " + expression
            time.sleep(0.1)

    def press(self, key, code):
        for kind in ("rawKeyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def window(self, width, height, scheme):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                  mobile=width < 600)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def shoot(self, path):
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        with open(path, "wb") as file:
            file.write(base64.b64decode(shot["data"]))


def background(browser):
    return browser.evaluate("getComputedStyle(document.body).backgroundColor")


def main():
    url, token, directory = sys.argv[1:]
    browser = Browser(directory)
    browser.open()
    browser.window(390, 844, "light")
    browser.call("Page.navigate", url=url)
    browser.wait("document.readyState === 'complete' && !document.getElementById('ask').hidden")
    # By the keyboard alone: to the field, the token, Enter.
    for _ in range(20):
        browser.press("Tab", 9)
        if browser.evaluate("document.activeElement.id") == "token":
            break
    assert browser.evaluate("document.activeElement.id") == "token", "the keyboard does not get there"
    browser.call("Input.insertText", text=token)
    browser.call("Input.dispatchKeyEvent", type="keyDown", key="Enter", code="Enter", windowsVirtualKeyCode=13, text="\r")
    browser.wait("document.getElementById('state').textContent === 'live'")
    browser.wait("document.querySelector('#paths .legend').textContent.includes('kernel')")
    # A phone: nothing is wider than the window but what scrolls by itself.
    assert browser.evaluate("document.documentElement.scrollWidth") <= 390, "wider than a phone"
    assert browser.evaluate("document.querySelectorAll('#interfaces tr').length") >= 1
    assert browser.evaluate("document.querySelectorAll('#table li').length") == 3
    browser.wait("!document.querySelector('#paths .empty')")
    assert "answer" in browser.evaluate("document.getElementById('policy').textContent")
    browser.shoot(directory + "/phone.png")
    # A chart by the keyboard: it is reached, tells what is under the cursor, and is left.
    browser.evaluate("document.querySelector('#paths .plot').focus()")
    browser.press("ArrowLeft", 37)
    assert browser.evaluate("document.querySelectorAll('#paths .cursor').length") == 1
    assert " s ago" in browser.evaluate("document.querySelector('#paths .plot').getAttribute('aria-label')")
    browser.press("Escape", 27)
    assert browser.evaluate("document.querySelectorAll('#paths .cursor').length") == 0
    reached = set()
    for _ in range(40):
        browser.press("Tab", 9)
        reached.add(browser.evaluate("(one => one.id || one.dataset.span || one.tagName + (one.closest('section') || {}).id)"
                                     "(document.activeElement)"))
    assert {"60", "300", "1800", "pause"} <= reached, reached
    light = background(browser)
    browser.window(1280, 900, "dark")
    browser.wait("getComputedStyle(document.body).backgroundColor !== '" + light + "'")
    assert browser.evaluate("document.documentElement.scrollWidth") <= 1280
    browser.shoot(directory + "/dark.png")
    browser.window(1280, 900, "light")
    browser.wait("getComputedStyle(document.body).backgroundColor === '" + light + "'")
    browser.shoot(directory + "/light.png")
    browser.call("Runtime.evaluate", expression="1")
    asked = {event["params"]["request"]["url"] for event in browser.events
             if event.get("method") == "Network.requestWillBeSent"}
    assert asked and all(one.startswith((url, "data:")) for one in asked), asked
    said = [event["params"] for event in browser.events
            if event.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown")]
    # The first request without the token is refused, which is no fault of the page.
    said = [one for one in said if "401" not in json.dumps(one)]
    assert not said, said
    print("looked at: " + ", ".join(sorted(asked)))
    browser.process.kill()
    browser.process.wait()


main()
