// A record that no consumer understands is set aside; the operator finds it, mends it and sends it back
// from the browser, and the customer sees the effect.
import { same } from '../lib/expect.mjs';
import { scenario } from '../lib/scenario.mjs';
import { openBrowser, Person } from './lib/browser.mjs';
import { checkOut, markPage, putIntoCart, sees, wasNeverLoadedAgain } from './lib/steps_in_the_shop.mjs';

await scenario(import.meta.url, { within: 600_000 }, async ({ steps, world }) => {
  const browser = await openBrowser();
  const product = await world.product('Cup of the operator', 10);
  const customer = await Person.arrive(browser, world.gateway);
  const operator = await Person.arrive(browser, world.gateway);
  await customer.signIn(await world.account('carl'));
  await operator.signIn(await world.account('olga', 'admin'));
  await world.kafka.connect();

  await steps.chapter('Dead letters', async () => {
    const order = await steps.step('a customer has an order', async () => {
      await putIntoCart(customer, product, 2);
      const id = await checkOut(customer);
      await sees(customer, 'Confirmed');
      await markPage(customer);
      return id;
    });
    await steps.step('a record without its order is told to the operator, by its cause', async () => {
      await operator.visit('/ops/dead-letters');
      await world.kafka.put({ topic: 'inventory', key: order, value: '{"reason":"recalled"}', headers: { ce_type: 'STOCK_RELEASE_REQUEST' } });
      await operator.page.getByText('Record set aside').first().waitFor();
      await operator.page.getByTestId('cause').first().click();
    });
    await steps.step('its payload is shown', async () => {
      await operator.page.getByRole('table', { name: 'Dead letters' }).getByRole('button', { name: /^inventory\.dlq/ }).first().click();
      await operator.page.getByRole('dialog').getByText('recalled').waitFor();
    });
    await steps.step('a dry run says what would go', async () => {
      await operator.page.getByRole('dialog').getByRole('button', { name: 'Redrive' }).click();
      const dialog = operator.page.getByRole('dialog').filter({ hasText: 'Dry run' });
      await dialog.getByLabel('Reason').fill('The order was missing');
      await dialog.getByLabel('Patch').fill(JSON.stringify([{ op: 'add', path: '/order_id', value: order }]));
      await dialog.getByRole('button', { name: 'Dry run' }).click();
      await dialog.getByTestId('preview').getByText('1 record would go').waitFor();
    });
    await steps.step('it is sent back with the patch, and processed: the customer sees the order cancelled', async () => {
      await operator.page.getByRole('dialog').getByRole('button', { name: 'Redrive', exact: true }).click();
      await operator.page.getByRole('table', { name: 'Redrives and discards' }).getByText('completed').first().waitFor();
      await sees(customer, 'Cancelled');
      await wasNeverLoadedAgain(customer);
      same('pieces in stock', (await world.db.row('SELECT quantity FROM stock WHERE product_id = $1', product.id)).quantity, 10);
    });
    await steps.step('who did it and why is in the audit', async () => {
      await operator.visit('/ops/audit');
      await operator.page.getByRole('table', { name: 'Audit' }).getByText('The order was missing').first().waitFor();
    });
  });

  await steps.chapter('Quality', () =>
    steps.step('no page complained', () => same('complaints', [...operator.complaints, ...customer.complaints], [])));
  await browser.close();
});
