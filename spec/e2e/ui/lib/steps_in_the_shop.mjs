import { same } from '../../lib/expect.mjs';

// What people do in the shop, in their words. Each waits for what its name says.

export async function putIntoCart(person, product, quantity = 1) {
  await person.visit(`/products/${product.id}`);
  await person.page.getByRole('textbox', { name: 'Quantity' }).fill(String(quantity));
  await person.page.getByRole('button', { name: 'Add to cart' }).click();
}

// From the cart to the page of the order; returns the order's id.
export async function checkOut(person, { warned = false } = {}) {
  const { page } = person;
  if (warned) {
    // The cart refuses what cannot be had; the stock may still go between there and here.
    await page.goto('/checkout');
  } else {
    await page.goto('/cart');
    await page.getByRole('link', { name: 'Check out' }).click();
  }
  await page.getByLabel('Street and number').fill('12 St James Square');
  await page.getByLabel('Postal code').fill('SW1Y 4JH');
  await page.getByLabel('City').fill('London');
  const country = page.getByRole('combobox', { name: 'Country' });
  await country.fill('United K');
  await page.getByRole('option', { name: 'United Kingdom' }).click();
  await page.getByRole('button', { name: 'Place order' }).click();
  await page.waitForURL(/\/orders\/[0-9a-f-]{36}$/);
  return page.url().slice(-36);
}

// Waits until the badge of the order's page says so.
export async function sees(person, status, page = person.page) {
  await page.locator('[data-testid="status"]').first().getByText(status, { exact: true }).waitFor();
}

// The badge says so already, while the server has not answered.
export async function seesAsked(person, status) {
  await person.page.locator('[data-testid="status"] [data-pending]').first().getByText(status).waitFor();
}

// Marks the page, to know later that it was never loaded again.
export async function markPage(person, page = person.page) {
  await page.evaluate(() => (window.neverLoadedAgain = true));
}
export async function wasNeverLoadedAgain(person, page = person.page) {
  same('the page was never loaded again', await page.evaluate(() => window.neverLoadedAgain === true), true);
}

export function rowOf(page, orderNumber) {
  return page.locator('[data-testid="row"]').filter({ hasText: orderNumber });
}

export async function orderNumber(person) {
  return (await person.page.locator('h1').innerText()).trim();
}
