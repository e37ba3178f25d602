/**
 * The system's own Firefox and WebKit, driven through WebDriver. All their programs end with the test, whatever happens.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout } from "node:timers/promises";
import { Builder } from "selenium-webdriver";
import { inRepository } from "./fixture.js";

/** @import { WebDriver } from "selenium-webdriver" */

/** Starting any of the programs, or ending it. */
const MOST_MS = 60_000;

const XVFB = "/usr/bin/Xvfb";

// A process that a signal ends hears no "exit" otherwise.
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

/**
 * @typedef {object} System
 * @property {string} browser
 * @property {string} driver
 * @property {boolean} needsScreen shows its windows, whether there is a screen or not
 * @property {(browser: string) => object} capabilities
 */

/** As Debian installs them, but for Firefox's driver, which is no package there. @type {Record<string, System>} */
const SYSTEMS = {
  firefox: {
    browser: "/usr/bin/firefox-esr",
    driver: process.env.GECKODRIVER || inRepository("target/camscope/geckodriver/bin/geckodriver"),
    needsScreen: false,
    capabilities: (binary) => ({ browserName: "firefox", "moz:firefoxOptions": { binary, args: ["-headless"] } }),
  },
  webkit: {
    browser: miniBrowser(),
    driver: "/usr/bin/WebKitWebDriver",
    needsScreen: true,
    capabilities: (binary) => ({
      browserName: "MiniBrowser",
      "webkitgtk:browserOptions": { binary, args: ["--automation"] },
    }),
  },
};

/** WebKitGTK's own small browser lies in a folder of the machine's architecture and the library's version. */
function miniBrowser() {
  const libraries = "/usr/lib";
  const names = (/** @type {string} */ folder) => (existsSync(folder) ? readdirSync(folder) : []);
  const folders = names(libraries)
    .filter((name) => name.endsWith("-linux-gnu"))
    .flatMap((name) => names(`${libraries}/${name}`).map((inner) => `${libraries}/${name}/${inner}`))
    .filter((folder) => /\/webkit2?gtk-[\d.]+$/.test(folder));
  return folders.map((folder) => `${folder}/MiniBrowser`).find((file) => existsSync(file)) ?? "MiniBrowser";
}

/**
 * @param {string} name
 * @returns {Promise<{ driver: WebDriver, end: () => Promise<void> }>}
 */
export async function launch(name) {
  const { browser, driver: program, needsScreen, capabilities } = SYSTEMS[name];
  const missing = [browser, program, ...(needsScreen ? [XVFB] : [])].filter((file) => !existsSync(file));
  assert.deepEqual(missing, [], `not there: ${missing.join(", ")}`);
  /** @type {(() => void)[]} */
  const kills = [];
  /** @type {WebDriver | undefined} */
  let driver;
  const end = async () => {
    if (driver) await inTime(driver.quit()).catch(() => {});
    for (const kill of kills) kill();
  };
  try {
    const env = { ...process.env };
    if (needsScreen) {
      const screen = start(XVFB, ["-displayfd", "3", "-screen", "0", "1600x1200x24", "-nolisten", "tcp"], env);
      kills.push(screen.kill);
      env.DISPLAY = `:${await inTime(screen.firstLine)}`;
    }
    const port = await freePort();
    const server = `http://127.0.0.1:${port}`;
    kills.push(start(program, [`--port=${port}`], env).kill);
    await isReady(server);
    const builder = new Builder().disableEnvironmentOverrides().usingServer(server);
    driver = await inTime(Promise.resolve(builder.withCapabilities(capabilities(browser)).build()));
    return { driver, end };
  } catch (error) {
    await end();
    throw error;
  }
}

/**
 * Starts a program in a process group of its own, which ends with this process at the latest.
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
function start(program, args, env) {
  const child = spawn(program, args, { env, detached: true, stdio: ["ignore", "ignore", "ignore", "pipe"] });
  const kill = () => {
    process.removeListener("exit", kill);
    try {
      if (child.pid) process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  };
  process.on("exit", kill);
  child.unref();
  /** @type {Promise<string>} what it says at file descriptor 3 */
  const firstLine = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.stdio[3]?.once("data", (bytes) => resolve(String(bytes).trim()));
  });
  firstLine.catch(() => {});
  return { kill, firstLine };
}

/** @returns {Promise<number>} */
async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(null)));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  assert.ok(address && typeof address === "object");
  return address.port;
}

/** @param {string} server */
async function isReady(server) {
  const end = Date.now() + MOST_MS;
  const asks = () => fetch(`${server}/status`).then(({ ok }) => ok);
  while (!(await asks().catch(() => false))) {
    assert.ok(Date.now() < end, `no driver answers at ${server}`);
    await setTimeout(100);
  }
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @returns {Promise<T>}
 */
function inTime(promise) {
  const late = setTimeout(MOST_MS, undefined, { ref: false }).then(() => {
    throw new Error(`nothing came of it in ${MOST_MS / 1000} s`);
  });
  return Promise.race([promise, late]);
}
