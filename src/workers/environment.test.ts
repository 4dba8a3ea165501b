import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SyncError } from "../errors.ts";
import { type EnvironmentOptions, makeEnvironment, type WorkerEnvironment } from "./environment.ts";

interface Files {
  readonly own?: string;
  readonly example?: string;
}

function make(files: Files, options: Partial<EnvironmentOptions> = {}): WorkerEnvironment {
  const folder = mkdtempSync(join(tmpdir(), "tandem-environment-"));
  if (files.own !== undefined) writeFileSync(join(folder, ".env"), files.own);
  if (files.example !== undefined) writeFileSync(join(folder, ".env.example"), files.example);
  return makeEnvironment({
    folder,
    envFile: null,
    real: {},
    env: [],
    notionBaseUrl: null,
    ...options,
  });
}

test("without files and names, only what a program needs to run passes", () => {
  const real = {
    PATH: "/bin",
    HOME: "/home/ana",
    LC_TIME: "de_DE",
    TMPDIR: "/tmp",
    TZ: "UTC",
    LANG: "C",
    NODE_OPTIONS: "--trace-warnings",
    NODE_USE_ENV_PROXY: "1",
    NO_PROXY: "localhost",
    no_proxy: "localhost",
    http_proxy: "http://proxy.test",
    SSL_CERT_FILE: "c.pem",
    SSL_CERT_DIR: "/certs",
    https_proxy: "http://proxy.test",
    NODE_EXTRA_CA_CERTS: "ca.pem",
    NOTION_TOKEN: "ntn_ours",
    AIRTABLE_TOKEN: "pat_ours",
    AWS_SECRET_ACCESS_KEY: "ours",
    MY_LC_KEY: "ours",
    UNSET: undefined,
  };
  const {
    AWS_SECRET_ACCESS_KEY: _1,
    NOTION_TOKEN: _2,
    AIRTABLE_TOKEN: _3,
    UNSET: _4,
    MY_LC_KEY: _5,
    ...passed
  } = real;
  expect(make({}, { real })).toEqual({ variables: passed, secrets: [] });
});

test("the worker's own .env is read as dotenv files are written, and all of it is secret", () => {
  const own = "# keys\nA=1\nexport B='two words'\nC=\"line\\nbreak\" # why\nEMPTY=\n";
  expect(make({ own })).toEqual({
    variables: { A: "1", B: "two words", C: "line\nbreak", EMPTY: "" },
    secrets: ["1", "two words", "line\nbreak", ""],
  });
});

test("names in .env.example pass from our environment, our own tokens excepted", () => {
  const example = "API_KEY=your-key\nNOTION_TOKEN=\nAIRTABLE_TOKEN=\nABSENT=x\n";
  const real = { API_KEY: "k", NOTION_TOKEN: "ntn_ours", AIRTABLE_TOKEN: "pat_ours", OTHER: "o" };
  expect(make({ example }, { real })).toEqual({ variables: { API_KEY: "k" }, secrets: ["k"] });
});

test("names in the config pass whatever they are; ours win over the file", () => {
  const real = { API_KEY: "ours", NOTION_TOKEN: "ntn_ours" };
  const made = make(
    { own: "API_KEY=file\nREST=r\n" },
    { real, env: ["API_KEY", "NOTION_TOKEN", "ABSENT"] },
  );
  expect(made.variables).toEqual({ API_KEY: "ours", REST: "r", NOTION_TOKEN: "ntn_ours" });
  expect(made.secrets).toEqual(["ours", "r", "ntn_ours"]);
});

test("values in the config win over everything, also the base address", () => {
  const env = { API_KEY: "config", NOTION_API_BASE_URL: "http://own.test" };
  const made = make(
    { own: "API_KEY=file\n" },
    { real: { API_KEY: "ours" }, env, notionBaseUrl: "http://base.test" },
  );
  expect(made.variables).toEqual(env);
});

test("the base address is told, and wins over the worker's own file", () => {
  const made = make(
    { own: "NOTION_API_BASE_URL=http://file.test\n" },
    { notionBaseUrl: "http://base.test" },
  );
  expect(made.variables).toEqual({ NOTION_API_BASE_URL: "http://base.test" });
});

test("a runtime variable that a file sets is no secret", () => {
  expect(make({ own: "TZ=Europe/Berlin\n" }).secrets).toEqual([]);
});

test("a proxy's address is a secret when it carries a password", () => {
  const real = { HTTPS_PROXY: "http://ana:pw@proxy.test:8080", HTTP_PROXY: "http://proxy.test" };
  expect(make({}, { real })).toEqual({ variables: real, secrets: [real.HTTPS_PROXY] });
});

test("an environment file that the config names must be there", () => {
  const envFile = join(tmpdir(), "no-such-folder", "worker.env");
  expect(() => make({}, { envFile })).toThrow(SyncError);
  expect(() => make({}, { envFile })).toThrow(/environment file .*worker\.env cannot be read/u);
});

test("an environment file that the config names stands in for the worker's own", () => {
  const envFile = join(mkdtempSync(join(tmpdir(), "tandem-environment-")), "other.env");
  writeFileSync(envFile, "A=other\n");
  expect(make({ own: "A=own\nB=own\n" }, { envFile }).variables).toEqual({ A: "other" });
});
