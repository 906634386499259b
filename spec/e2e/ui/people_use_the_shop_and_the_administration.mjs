// What people do with the shop and its administration, in browsers of their own, and what they are told
// when it goes wrong.
import { eventually } from '../lib/eventually.mjs';
import { holds, same } from '../lib/expect.mjs';
import { scenario } from '../lib/scenario.mjs';
import { openBrowser, Person } from './lib/browser.mjs';
import { checkOut, markPage, putIntoCart, sees, seesAsked, wasNeverLoadedAgain } from './lib/steps_in_the_shop.mjs';

await scenario(import.meta.url, { within: 900_000 }, async ({ steps, system, world }) => {
  const browser = await openBrowser();
  const people = [];
  const arrive = async (account) => {
    const person = await Person.arrive(browser, world.gateway);
    people.push(person);
    if (account) await person.signIn(account);
    return person;
  };

  await steps.chapter('Cancelling', async () => {
    const product = await world.product('Cup that comes back', 5);
    const customer = await arrive(await world.account('cora'));
    const visitor = await arrive();
    await steps.step('an order takes the stock on the page that a guest looks at in a second browser', async () => {
      await visitor.visit(`/products/${product.id}`);
      await visitor.live();
      await markPage(visitor);
      await visitor.page.getByText('Only 5 left').waitFor();
      await putIntoCart(customer, product, 3);
      await checkOut(customer);
      await sees(customer, 'Confirmed');
      await visitor.page.getByText('Only 2 left').waitFor();
    });
    await steps.step('the customer cancels, and the stock is back there', async () => {
      await customer.page.getByRole('button', { name: 'Cancel order' }).click();
      await customer.page.getByRole('dialog').getByRole('button', { name: 'Cancel order' }).click();
      await sees(customer, 'Cancelled');
      await visitor.page.getByText('Only 5 left').waitFor();
      await wasNeverLoadedAgain(visitor);
    });
  });

  await steps.chapter('Not enough', async () => {
    const scarce = await world.product('Cup of which there are few', 3);
    const none = await world.product('Cup that is sold out', 1);
    const customer = await arrive(await world.account('nora'));
    await steps.step('a rejected order explains each line', async () => {
      await putIntoCart(customer, scarce, 3);
      await putIntoCart(customer, none, 1);
      await customer.page.goto('/checkout');
      // Somebody else is faster.
      const rival = await world.account('rival');
      await world.shop.placeOrder(rival.token, [[scarce, 2], [none, 1]]);
      await checkOut(customer, { warned: true });
      await sees(customer, 'Rejected');
      const lines = await customer.page.locator('[data-testid="rejection"] li').allInnerTexts();
      same('the lines', lines.sort(), [
        'Cup of which there are few: 3 ordered, only 1 was left',
        'Cup that is sold out: 1 ordered, none was left',
      ]);
    });
  });

  const boss = await world.account('boss', 'admin');
  await steps.chapter('Alerts', async () => {
    const product = await world.product('Cup that runs low', 12);
    const admin = await arrive(boss);
    await steps.step('stock that falls below 10 is told to the administrator', async () => {
      const buyer = await world.account('buyer');
      await world.shop.placeOrder(buyer.token, [[product, 4]]);
      await admin.page.getByText('Low stock').first().waitFor();
      await admin.page.getByTestId('bell').click();
      await admin.page.getByRole('dialog').getByText(product.sku).waitFor();
    });
    await steps.step('the adjusted stock is shown at once and is the true one', async () => {
      await admin.visit(`/admin/inventory?product=${product.id}`);
      await admin.page.getByRole('button', { name: /^Adjust the stock/ }).click();
      await admin.page.getByLabel('Pieces').fill('30');
      await admin.page.getByLabel('Reason').fill('Delivery');
      await admin.page.getByRole('dialog').getByRole('button', { name: 'Adjust' }).click();
      await admin.page.getByTestId('quantity').getByText('38').waitFor();
      await eventually('38 in the database', async () =>
        (await world.db.row('SELECT quantity FROM stock WHERE product_id = $1', product.id)).quantity === 38);
    });
  });

  await steps.chapter('Administrators', async () => {
    const product = await world.product('Cup for customers', 5);
    const admin = await arrive(boss);
    await steps.step('cannot order, and are told why', async () => {
      await admin.visit(`/products/${product.id}`);
      await admin.page.getByText('Administrators cannot place orders').first().waitFor();
      same('buttons to buy', await admin.page.getByRole('button', { name: 'Add to cart' }).count(), 0);
      await admin.visit('/checkout');
      await admin.page.getByText('Not for administrators').waitFor();
    });
  });

  await steps.chapter('Errors', async () => {
    const product = await world.product('Cup of errors', 50);
    const customer = await arrive(await world.account('erik'));
    await putIntoCart(customer, product);
    await checkOut(customer);
    await sees(customer, 'Confirmed');
    await steps.step('a change that the server fails is shown at once, then taken back and explained', async () => {
      let release;
      const held = new Promise((resolve) => (release = resolve));
      await customer.page.route('**/cancel', async (route) => {
        await held;
        await route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"detail":"The database is away."}' });
      });
      await customer.page.getByRole('button', { name: 'Cancel order' }).click();
      await customer.page.getByRole('dialog').getByRole('button', { name: 'Cancel order' }).click();
      await seesAsked(customer, 'Cancelled');
      release();
      await customer.page.getByText('The database is away. It is still confirmed.').waitFor();
      await sees(customer, 'Confirmed');
      await customer.page.unroute('**/cancel');
    });
    await steps.step('a change that came too late is refused in the words of the API', async () => {
      const id = customer.page.url().slice(-36);
      const chief = await world.account('chief', 'admin');
      let release;
      const held = new Promise((resolve) => (release = resolve));
      await customer.page.route('**/cancel', async (route) => {
        await held;
        await route.continue();
      });
      await customer.page.getByRole('button', { name: 'Cancel order' }).click();
      await customer.page.getByRole('dialog').getByRole('button', { name: 'Cancel order' }).click();
      for (const status of ['processing', 'shipped']) {
        await eventually(`it is ${status}`, async () =>
          (await world.shop.http.request('PATCH', `/api/orders/${id}/status`, { json: { status }, token: chief.token })).status === 200);
      }
      release();
      await customer.page.getByText('cannot get to this status').waitFor();
      await sees(customer, 'Shipped');
    });
  });

  await steps.chapter('Two tabs', async () => {
    const product = await world.product('Cup with two editors', 5);
    const admin = await arrive(boss);
    const second = await admin.newTab();
    await steps.step('who saves second is shown the conflict, and nothing typed is lost', async () => {
      for (const page of [admin.page, second]) {
        // The second hears of the first's change by an event; without it the server refuses its save.
        if (page === second) await page.route('**/socket.io/**', (route) => route.abort());
        await page.goto(`/admin/products/${product.id}`);
        await page.getByLabel('Name').waitFor();
      }
      await second.getByLabel('Name').fill('Name of the second');
      await second.getByLabel('Description').fill('Words of the second');
      await admin.page.getByLabel('Name').fill('Name of the first');
      await admin.page.getByLabel('Price').fill('31.50');
      await admin.page.getByRole('button', { name: 'Save' }).click();
      await admin.page.getByText('is up to date in the shop').waitFor();
      await second.getByRole('button', { name: 'Save' }).click();
      await second.getByTestId('conflict').waitFor();
      same('the name typed', await second.getByRole('textbox', { name: 'Name' }).inputValue(), 'Name of the second');
      same('the words typed', await second.getByLabel('Description').inputValue(), 'Words of the second');
      same('the price taken over', await second.getByLabel('Price').inputValue(), '31.50');
      await second.getByRole('radio', { name: /^Yours/ }).click();
      await second.getByRole('button', { name: 'Save' }).click();
      await second.getByText('is up to date in the shop').waitFor();
    });
    await steps.step('both changes are in the shop', async () => {
      const row = await world.db.row('SELECT name, description, price_minor FROM products WHERE id = $1', product.id);
      same('the product', { ...row, price_minor: Number(row.price_minor) }, { name: 'Name of the second', description: 'Words of the second', price_minor: 3150 });
    });
  });

  await steps.chapter('Realtime dies', async () => {
    const product = await world.product('Cup of the outage', 50);
    const account = await world.account('rita');
    const customer = await arrive(account);
    const chief = await world.account('chief-of-outage', 'admin');
    await steps.step('nothing is missed: what happened meanwhile is there after it is back', async () => {
      await putIntoCart(customer, product);
      const id = await checkOut(customer);
      await sees(customer, 'Confirmed');
      await markPage(customer);
      system.hold('realtime-1');
      await system.strike('realtime-1', 'SIGKILL');
      await customer.page.locator('[data-testid="connection"][data-state="reconnecting"]').first().waitFor();
      const answer = await world.shop.http.request('PATCH', `/api/orders/${id}/status`, { json: { status: 'processing' }, token: chief.token });
      holds(`processing was accepted (${answer.status})`, [200, 202].includes(answer.status));
      await world.shop.placeOrder(account.token, [[product, 2]]);
      system.release('realtime-1');
      await sees(customer, 'Processing');
      await customer.live();
      await wasNeverLoadedAgain(customer);
      await customer.page.getByRole('link', { name: 'My orders' }).first().click();
      await customer.page.getByTestId('order').nth(1).waitFor();
    });
  });

  await steps.chapter('Quality', () =>
    steps.step('no page complained', () => same('complaints', people.flatMap(({ complaints }) => complaints), [])));
  await browser.close();
});
