// What Lighthouse says of each page, the median of some runs.
import lighthouse, { desktopConfig } from 'lighthouse';

import { Person } from '../lib/browser.mjs';

export const kTargets = { performance: 90, accessibility: 95, 'best-practices': 95, shift: 0.02 };
const kAttempts = 3;
const kLostRecordings = ['NO_NAVSTART', 'NO_FCP', 'NO_TRACING_STARTED', 'NO_SCREENSHOTS'];
const kCategories = ['performance', 'accessibility', 'best-practices'];

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

// `pages`: [[name, path, account or undefined]]. The browser is one with a debugging port; who is signed
// in there is a cookie of its default context.
export async function judge({ port, gateway, pages, runs, phone, say }) {
  const results = [];
  for (const [name, path] of pages) {
    const scores = [];
    for (let run = 0; run < runs; run += 1) {
      const lhr = await reportOf(name, gateway + path, { port, phone });
      scores.push({
        ...Object.fromEntries(kCategories.map((category) => [category, Math.round(lhr.categories[category].score * 100)])),
        shift: lhr.audits['cumulative-layout-shift'].numericValue,
        faults: kCategories.slice(1).flatMap((category) => faultsOf(lhr, category)),
      });
    }
    const result = { name, phone, shift: Math.max(...scores.map(({ shift }) => shift)), faults: [...new Set(scores.flatMap(({ faults }) => faults))] };
    for (const category of kCategories) result[category] = median(scores.map((score) => score[category]));
    results.push(result);
    say(result);
  }
  return results;
}

// Now and then Lighthouse loses its own recording, and asks for another run.
async function reportOf(name, url, { port, phone }) {
  let problem;
  for (let attempt = 0; attempt < kAttempts; attempt += 1) {
    const { lhr } = await lighthouse(
      url,
      { port, onlyCategories: kCategories, logLevel: 'error', output: 'json' },
      phone ? undefined : desktopConfig,
    );
    if (!lhr.runtimeError) return lhr;
    problem = lhr.runtimeError;
    if (!kLostRecordings.includes(problem.code)) break;
  }
  throw new Error(`${name}: ${problem.message}`);
}

function faultsOf(lhr, category) {
  return lhr.categories[category].auditRefs
    .filter(({ id, weight }) => weight > 0 && lhr.audits[id].score !== null && lhr.audits[id].score < 1)
    .map(({ id }) => id);
}

export function misses({ name, phone, ...scores }) {
  const where = `${name}${phone ? ' on a phone' : ''}`;
  return [
    ...kCategories.filter((category) => scores[category] < kTargets[category]).map((category) => `${where}: ${category} ${scores[category]} < ${kTargets[category]}`),
    ...(scores.shift > kTargets.shift ? [`${where}: the layout shifts by ${scores.shift.toFixed(3)}`] : []),
  ];
}

// Signs in with the browser's own profile, which is the one that Lighthouse uses.
export async function signInThere(context, gateway, account) {
  const page = await context.newPage();
  await new Person(context, page).signIn(account, gateway);
  await page.close();
}
