// What Comunica gets of an endpoint with a bearer as the only setting.
//
// Environment: ENDPOINT, TOKEN (empty for the public), QUERY (a SELECT). Prints the rows as lists of text, in JSON.

const { QueryEngine } = require("@comunica/query-sparql");

const { ENDPOINT, TOKEN, QUERY } = process.env;

function withBearer(address, options = {}) {
  const headers = new Headers(options.headers);
  if (TOKEN) headers.set("Authorization", `Bearer ${TOKEN}`);
  return fetch(address, { ...options, headers });
}

async function main() {
  const sources = [{ type: "sparql", value: ENDPOINT }];
  const answer = await new QueryEngine().query(QUERY, { sources, fetch: withBearer });
  const { variables } = await answer.metadata();
  const text = (row, variable) => row.get(variable)?.value ?? "";
  const rows = await (await answer.execute()).toArray();
  console.log(JSON.stringify(rows.map((row) => variables.map((variable) => text(row, variable)))));
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
