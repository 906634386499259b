import { now } from './clock.mjs';
import { milliseconds } from './statistics.mjs';

const color = process.stdout.isTTY
  ? { good: '\x1b[32m✓\x1b[0m', bad: '\x1b[31m✗\x1b[0m' }
  : { good: '✓', bad: '✗' };

// Runs a program of steps and prints a line for each. A failed step ends its chapter (what follows
// in it builds on it), the other chapters run all the same.
export class Steps {
  #failed = [];
  #count = 0;

  get failed() {
    return this.#failed;
  }

  async chapter(title, body) {
    console.log(`\n${title}`);
    try {
      await body();
    } catch (error) {
      if (!(error instanceof StepFailed)) this.#report(title, error);
    }
  }

  // Returns what `body` returns. The sentence may be a function of that value.
  async step(sentence, body) {
    const startedAt = now();
    let value;
    try {
      value = await body();
    } catch (error) {
      this.#report(typeof sentence === 'string' ? sentence : sentence(undefined), error);
      throw new StepFailed();
    }
    this.#count += 1;
    const text = typeof sentence === 'string' ? sentence : sentence(value);
    console.log(`  ${color.good} ${text}  (${milliseconds(now() - startedAt)})`);
    return value;
  }

  #report(sentence, error) {
    this.#failed.push(sentence);
    console.log(`  ${color.bad} ${sentence}`);
    for (const line of String(error.message ?? error).split('\n')) console.log(`      ${line}`);
    if (process.env.CARAFE_E2E_STACKS) console.log(error.stack);
  }

  // Prints the verdict; returns the exit code.
  finish() {
    if (this.#failed.length === 0) {
      console.log(`\n${color.good} all ${this.#count} steps\n`);
      return 0;
    }
    console.log(`\n${color.bad} ${this.#failed.length} failed (${this.#count} passed):`);
    for (const sentence of this.#failed) console.log(`    ${sentence}`);
    console.log('');
    return 1;
  }
}

class StepFailed extends Error {}
