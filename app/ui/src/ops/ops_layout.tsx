import { IconActivity, IconBinaryTree2, IconHistory, IconMailX, IconRoute, IconStack3, IconUsersGroup } from '@tabler/icons-react';

import { StaffLayout } from '../admin/staff_layout';

const kPages = [
  { to: '/ops', label: 'Overview', icon: IconActivity },
  { to: '/ops/topics', label: 'Topics', icon: IconStack3 },
  { to: '/ops/groups', label: 'Consumer groups', icon: IconUsersGroup },
  { to: '/ops/lanes', label: 'Worker lanes', icon: IconBinaryTree2 },
  { to: '/ops/dead-letters', label: 'Dead letters', icon: IconMailX },
  { to: '/ops/traces', label: 'Traces', icon: IconRoute },
  { to: '/ops/audit', label: 'Audit', icon: IconHistory },
];

export default function OpsLayout() {
  return <StaffLayout area="Ops" label="Operations" home="/ops" pages={kPages} other={{ to: '/admin', label: 'Administration' }} />;
}
