// A customer orders and watches; an administrator sees the order come and moves it on. Nobody loads a
// page again. The short one: bin/test runs it.
import { same } from '../lib/expect.mjs';
import { scenario } from '../lib/scenario.mjs';
import { openBrowser, Person } from './lib/browser.mjs';
import { checkOut, markPage, orderNumber, putIntoCart, rowOf, sees, wasNeverLoadedAgain } from './lib/steps_in_the_shop.mjs';

await scenario(import.meta.url, { within: 600_000 }, async ({ steps, world }) => {
  const browser = await openBrowser();
  const customer = await Person.arrive(browser, world.gateway);
  const admin = await Person.arrive(browser, world.gateway);
  await steps.chapter('An order and its two sides', async () => {
    const product = await world.product('Cup of the smoke', 20);
    await steps.step('both are signed in and live', async () => {
      await customer.signIn(await world.account('sam'));
      await admin.signIn(await world.account('ann', 'admin'));
      await admin.visit('/admin/orders');
      await markPage(admin);
    });
    const number = await steps.step('the customer orders and sees the order confirmed without loading the page again', async () => {
      await putIntoCart(customer, product, 2);
      await checkOut(customer);
      await markPage(customer);
      await sees(customer, 'Confirmed');
      return orderNumber(customer);
    });
    await steps.step('the administrator sees it appear and starts processing', async () => {
      await rowOf(admin.page, number).getByText('Confirmed').waitFor();
      await rowOf(admin.page, number).getByRole('button', { name: /Start processing/ }).click();
      await rowOf(admin.page, number).getByText('Processing').waitFor();
    });
    await steps.step('the customer sees that, too', () => sees(customer, 'Processing'));
    await steps.step('no page was loaded again, and none complained', async () => {
      await wasNeverLoadedAgain(customer);
      await wasNeverLoadedAgain(admin);
      same('complaints', [...customer.complaints, ...admin.complaints], []);
    });
  });
  await browser.close();
});
