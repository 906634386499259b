import { useSelected } from '../lib/store';
import { alerts } from '../data/alerts';

export function useUnreadCount(): number {
  return useSelected(alerts, (all) => all.reduce((count, alert) => count + (alert.read ? 0 : 1), 0));
}
