// What a person at YASGUI sees of an endpoint with a bearer as the only setting.
//
// The page comes from another port than the endpoint, so the browser asks the endpoint whether it may (CORS).
// Environment: ENDPOINT, TOKEN (empty for the public), QUERY (a SELECT), PICTURE (where a picture of the page goes).
// Prints the rows of the table as lists of text, in JSON.

const fs = require("node:fs");
const http = require("node:http");
const os = require("node:os");
const path = require("node:path");
const { chromium } = require("playwright-core");

const { ENDPOINT, TOKEN, QUERY, PICTURE } = process.env;
const FLAGS = [
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-gpu",
  "--no-sandbox",
];

// The three files of the page.
function page() {
  const build = path.dirname(require.resolve("@zazuko/yasgui/build/yasgui.min.js"));
  const types = { html: "text/html", css: "text/css", js: "text/javascript" };
  return http.createServer((request, response) => {
    const name = request.url === "/" ? "yasgui.html" : path.basename(request.url);
    const file = path.join(name === "yasgui.html" ? __dirname : build, name);
    if (!fs.existsSync(file)) return response.writeHead(404).end();
    response.writeHead(200, { "Content-Type": types[name.split(".").pop()] });
    response.end(fs.readFileSync(file));
  });
}

async function ask(address, browser) {
  const tab = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const failures = [];
  tab.on("pageerror", (error) => failures.push(String(error)));
  tab.on("requestfailed", (request) => failures.push(`${request.url()}: ${request.failure().errorText}`));
  await tab.goto(address);
  await tab.evaluate(
    ([endpoint, token]) => {
      const headers = token ? { Authorization: `Bearer ${token}` } : {};
      const requestConfig = { endpoint, headers };
      window.yasgui = new window.Yasgui(document.getElementById("yasgui"), { requestConfig });
    },
    [ENDPOINT, TOKEN],
  );
  await tab.evaluate((query) => window.yasgui.getTab().getYasqe().setValue(query), QUERY);
  await tab.locator(".yasqe_queryButton").click();
  const table = tab.locator(".yasr table.dataTable");
  await table.or(tab.locator(".yasr .errorResult")).first().waitFor({ timeout: 30000 });
  await tab.screenshot({ path: PICTURE });
  const failed = await tab.locator(".yasr .errorResult").allInnerTexts();
  if (failed.length || failures.length) throw new Error([...failed, ...failures].join("\n"));
  // The table shows a page of the rows; the cells of all of them are what it was made from.
  const shown = await table.locator("tbody tr").count();
  const rows = await tab.evaluate(() => {
    const results = window.yasgui.getTab().getYasr().results;
    const cell = (row, name) => row[name]?.value ?? "";
    return results.getBindings().map((row) => results.getVariables().map((name) => cell(row, name)));
  });
  if (rows.length && !shown) throw new Error("the table is empty");
  return rows;
}

async function main() {
  const server = page();
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), "adit-yasgui-"));
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const browser = await chromium.launchPersistentContext(profile, { executablePath, headless: true, args: FLAGS });
  try {
    const rows = await ask(`http://127.0.0.1:${server.address().port}/`, browser);
    console.log(JSON.stringify(rows));
  } finally {
    await browser.close();
    server.close();
    fs.rmSync(profile, { recursive: true, force: true });
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
