"""A headless Chromium, and what can be asked of the page that it shows."""

import os
import shutil
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

PICTURES = Path(os.environ["CONSOLE_PICTURES"])

# Every element that has text of its own, with its colour on the ground that is drawn below it (WCAG 2.2, 1.4.3).
CONTRASTS = """
const channels = text => text.match(/[\\d.]+/g).map(Number);
const linear = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
const luminance = c => 0.2126 * linear(c[0]) + 0.7152 * linear(c[1]) + 0.0722 * linear(c[2]);
const ground = element => {
  for (; element; element = element.parentElement) {
    const color = channels(getComputedStyle(element).backgroundColor);
    if (color.length < 4 || color[3] > 0) return color;
  }
  return [255, 255, 255];
};
const found = [];
for (const element of document.body.querySelectorAll('*')) {
  const own = [...element.childNodes].some(n => n.nodeType === 3 && n.data.trim());
  const field = ['INPUT', 'SELECT', 'BUTTON'].includes(element.tagName);
  if (!own && !field || element.closest('meter') || !element.getClientRects().length) continue;
  const one = luminance(channels(getComputedStyle(element).color)), other = luminance(ground(element));
  found.push([(Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05), element.outerHTML.slice(0, 120)]);
}
return found;
"""

FOCUS = """
const e = document.activeElement;
if (!e || e === document.body) return null;
const box = e.getBoundingClientRect(), style = getComputedStyle(e);
const all = [...document.querySelectorAll('*')];
return {place: all.indexOf(e), tag: e.tagName, text: (e.innerText || e.id || '').trim().slice(0, 40), href: e.getAttribute('href'),
        id: e.id, outline: style.outlineStyle !== 'none' ? parseFloat(style.outlineWidth) : 0,
        seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth};
"""

# What a keyboard must reach.
REACHABLE = """
return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, [tabindex="0"]')]
  .map(e => [...document.querySelectorAll('*')].indexOf(e));
"""


class Browser:
    def __init__(self) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium") or ""
        # The sandbox refuses to run as root; the pages are our own.
        for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-proxy-server", "--disable-dev-shm-usage",
                         "--force-color-profile=srgb"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(
            options=options, service=webdriver.ChromeService(executable_path=shutil.which("chromedriver")))
        self.driver.set_page_load_timeout(20)

    def show(self, address: str) -> None:
        self.driver.get(address)

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def size(self, width: int, height: int = 900) -> None:
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})

    def colours(self, scheme: str) -> None:
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": scheme}]})

    def press(self, *keys: str) -> None:
        for key in keys:
            ActionChains(self.driver).send_keys(key).perform()

    def focus(self) -> dict[str, Any] | None:
        return self.run(FOCUS)

    def tab_to(self, wanted: Any) -> None:
        """Presses TAB until the focus is where it is wanted."""
        for _ in range(1_500):
            self.press(Keys.TAB)
            focus = self.focus()
            if focus and wanted(focus):
                return
        raise AssertionError("TAB does not come there")

    def enter(self) -> None:
        """Presses ENTER and waits for another document."""
        self.run("window.before = true")
        self.press(Keys.ENTER)
        for _ in range(200):
            if self.run("return !window.before && document.readyState === 'complete'"):
                return
        raise AssertionError("ENTER leads nowhere")

    def text(self) -> str:
        return self.run("return document.querySelector('main').innerText")

    def contrasts(self) -> list[tuple[float, str]]:
        return self.run(CONTRASTS)

    def tree(self) -> list[dict[str, Any]]:
        return self.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]

    def complaints(self) -> list[str]:
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def picture(self, name: str) -> None:
        """The whole page, or the upper part of a long one."""
        height = min(self.run("return document.documentElement.scrollHeight"), 2_200)
        width = self.run("return innerWidth")
        self.size(width, height)
        self.driver.save_screenshot(str(PICTURES / f"{name}.png"))
        self.size(width)

    def end(self) -> None:
        self.driver.quit()
