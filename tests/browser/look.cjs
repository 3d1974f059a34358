// Looks at pages in Chromium, as people do: takes pictures, asks axe, reads the QR code back, measures the first screen.
// Standard input: { pages: [{ name, url, language, width, headers }], pictures: FOLDER }. Standard output: one report per page.
const { readFileSync, mkdtempSync, rmSync } = require("node:fs");
const { join } = require("node:path");
const { tmpdir } = require("node:os");
const { chromium } = require("playwright-core");

const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const jsqr = readFileSync(require.resolve("jsqr"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
// A phone of 360 x 780 less what the browser itself takes.
const HEIGHT = 640;

async function look(browser, reader, { name, url, language, width, headers }, pictures) {
  const context = await browser.newContext({
    viewport: { width, height: width < 600 ? HEIGHT : 800 },
    locale: language,
    extraHTTPHeaders: headers,
  });
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  let requests = 0;
  page.on("request", () => requests++);
  const response = await page.goto(url, { waitUntil: "load" });
  const seen = await page.evaluate(measured);
  await page.screenshot({ path: join(pictures, `${name}-first.png`) });
  const code = page.locator(".code svg");
  const hasCode = await code.count();
  await page.evaluate(axe);
  const violations = [];
  const qr = [];
  // By night only colours differ.
  for (const [scheme, rules] of [["light", TAGS], ["dark", ["cat.color"]]]) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.screenshot({ path: join(pictures, `${name}-${scheme}.png`), fullPage: true });
    if (hasCode) qr.push(await decoded(reader, await code.screenshot()));
    const judged = await page.evaluate((tags) => axe.run({ runOnly: tags, resultTypes: ["violations"] }), rules);
    for (const { id, impact, nodes } of judged.violations) {
      violations.push({ scheme, id, impact, where: nodes.map((node) => node.target.join(" ")) });
    }
    seen[`judged_${scheme}`] = judged.passes.length;
  }
  const bytes = (await response.body()).length;
  await context.close();
  return { name, status: response.status(), requests, complaints, qr, violations, bytes, ...seen };
}

// In the page: its language, whether it must be scrolled sideways, and where the things of the first screen end.
function measured() {
  const bottom = (selector) => {
    const element = document.querySelector(selector);
    return element && Math.round(element.getBoundingClientRect().bottom);
  };
  return {
    language: document.documentElement.lang,
    sideways: document.documentElement.scrollWidth > window.innerWidth,
    scripts: document.scripts.length,
    ends: { title: bottom("h1"), names: bottom(".names"), figures: bottom(".figures"), safety: bottom(".safety") },
    text: document.body.innerText,
  };
}

// The text of a QR code in a picture.
async function decoded(reader, png) {
  return reader.evaluate(async (source) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    return jsQR(data, image.width, image.height)?.data ?? null;
  }, `data:image/png;base64,${png.toString("base64")}`);
}

async function main() {
  const { pages, pictures } = JSON.parse(readFileSync(0, "utf8"));
  const profile = mkdtempSync(join(tmpdir(), "adit-chromium-"));
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", `--disk-cache-dir=${profile}`,
    ],
  });
  try {
    const reader = await (await browser.newContext()).newPage();
    await reader.evaluate(jsqr);
    const reports = [];
    for (const page of pages) reports.push(await look(browser, reader, page, pictures));
    process.stdout.write(JSON.stringify(reports));
  } finally {
    await browser.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
