import { IconBell, IconBox, IconLayoutDashboard, IconPackages, IconStack2 } from '@tabler/icons-react';

import { StaffLayout } from './staff_layout';
import { useUnreadCount } from './use_alerts';

export default function AdminLayout() {
  const unread = useUnreadCount();
  const pages = [
    { to: '/admin', label: 'Dashboard', icon: IconLayoutDashboard },
    { to: '/admin/orders', label: 'Orders', icon: IconPackages },
    { to: '/admin/products', label: 'Products', icon: IconBox },
    { to: '/admin/inventory', label: 'Inventory', icon: IconStack2 },
    { to: '/admin/notifications', label: 'Notifications', icon: IconBell, badge: unread },
  ];
  return <StaffLayout area="Admin" label="Administration" home="/admin" pages={pages} other={{ to: '/ops', label: 'Operations' }} />;
}
