import { existsSync, mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { chromium } from 'playwright-core';

const kWide = { width: 1360, height: 900 };
const kPhone = { width: 390, height: 844 };
const kCandidates = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'];

const kArguments = ['--no-sandbox', '--disable-dev-shm-usage', '--force-color-profile=srgb'];

function chromiumOfDebian() {
  const executablePath = kCandidates.find((candidate) => candidate && existsSync(candidate));
  if (!executablePath) throw new Error('there is no Chromium: run bin/setup, or set CHROMIUM to its path');
  return executablePath;
}

// Chromium as Debian packages it.
export function openBrowser() {
  return chromium.launch({ executablePath: chromiumOfDebian(), args: kArguments });
}

// One with a profile of its own, which another program may look at by way of the port.
export function openProfile(port) {
  const profile = mkdtempSync(path.join(tmpdir(), 'carafe-profile-'));
  return chromium.launchPersistentContext(profile, { executablePath: chromiumOfDebian(), args: [...kArguments, `--remote-debugging-port=${port}`] });
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

// A person with a browser of their own: cookies and storage are not shared with anybody.
export class Person {
  // Everything that a page complained about: uncaught errors and console errors that are no refusals we
  // provoked ourselves.
  complaints = [];

  static async arrive(browser, gateway, { scheme = 'light', phone = false } = {}) {
    const context = await browser.newContext({
      baseURL: gateway,
      colorScheme: scheme,
      viewport: phone ? kPhone : kWide,
      deviceScaleFactor: 1,
      isMobile: phone,
      hasTouch: phone,
      locale: 'en-US',
      reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(30_000);
    return new Person(context, await context.newPage());
  }

  constructor(context, page) {
    this.context = context;
    this.page = page;
    this.#listen(page);
  }

  #listen(page) {
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !/Failed to load resource|WebSocket connection/.test(message.text())) {
        this.complaints.push(message.text());
      }
    });
  }

  async newTab() {
    const page = await this.context.newPage();
    this.#listen(page);
    return page;
  }

  async visit(path) {
    await this.page.goto(path);
    await this.settled();
  }

  // The page shows what it has to show: no placeholder is left, and the fonts are there.
  async settled(page = this.page) {
    await page.locator('h1, [role="alert"], [role="dialog"]').first().waitFor();
    await page.waitForFunction(() => !document.querySelector('.mantine-Skeleton-root') && document.fonts.status === 'loaded');
  }

  async live(page = this.page) {
    await page.locator('[data-testid="connection"][data-state="online"]').first().waitFor();
  }

  async signIn({ email, password }, gateway = '') {
    await this.page.goto(`${gateway}/sign-in`);
    await this.page.getByLabel('E-mail').fill(email);
    await this.page.getByRole('textbox', { name: 'Password' }).fill(password);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
    await this.page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
    await this.live();
  }

  leave() {
    return this.context.close();
  }
}
