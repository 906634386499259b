import { describe, expect, it } from 'vitest';

import { anOrder, idOf, someNews } from '../testing/orders';
import { Dashboard, kMinutes } from './dashboard';

const kNow = Date.parse('2026-11-21T12:00:30Z');
const dashboardAt = () => new Dashboard(() => kNow);
const last = (dashboard: Dashboard) => dashboard.figures.get().minutes.at(-1);

describe('the dashboard', () => {
  it('counts an order once, however often it is told', () => {
    const dashboard = dashboardAt();
    dashboard.add(anOrder(1));
    dashboard.addNews([someNews(anOrder(1)), someNews(anOrder(1))]);
    expect(last(dashboard)).toMatchObject({ placed: 1, rejected: 0, revenue: 1450 });
  });

  it('takes the revenue of a rejected or cancelled order back, once', () => {
    const dashboard = dashboardAt();
    dashboard.addNews([
      someNews(anOrder(1)),
      someNews({ id: idOf(1), order_version: 2, status: 'rejected' }),
      someNews({ id: idOf(1), order_version: 2, status: 'rejected' }),
      someNews(anOrder(2)),
      someNews({ id: idOf(2), order_version: 2, status: 'confirmed' }),
      someNews({ id: idOf(2), order_version: 3, status: 'cancelled' }),
    ]);
    expect(last(dashboard)).toMatchObject({ placed: 2, rejected: 1, revenue: 0 });
  });

  it('leaves out what is older than its window', () => {
    const dashboard = dashboardAt();
    dashboard.addNews([someNews(anOrder(1, { created_at: '2026-11-21T10:00:00Z' }))]);
    const { minutes } = dashboard.figures.get();
    expect(minutes).toHaveLength(kMinutes);
    expect(minutes.every(({ placed }) => placed === 0)).toBe(true);
  });
});
