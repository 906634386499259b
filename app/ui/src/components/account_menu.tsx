import { ActionIcon, Avatar, Menu, Text } from '@mantine/core';
import { IconBuildingStore, IconLayoutDashboard, IconLogout, IconPackages } from '@tabler/icons-react';
import { Link, useLocation, useNavigate } from 'react-router';

import type { User } from '../api/types';
import { useSession } from '../session/session';
import { toastInfo } from './toasts';

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  return ((words[0]?.[0] ?? '') + (words.length > 1 ? (words.at(-1)?.[0] ?? '') : '')).toUpperCase();
}

export default function AccountMenu({ user }: { user: User }) {
  const { isAdmin, signOut } = useSession();
  const navigate = useNavigate();
  const inShop = !/^\/(admin|ops)/.test(useLocation().pathname);
  const leave = async () => {
    await signOut();
    toastInfo('Signed out', 'See you soon.');
    await navigate('/');
  };
  return (
    <Menu position="bottom-end" width={240} shadow="md" radius="md">
      <Menu.Target>
        <ActionIcon variant="transparent" size={38} radius="xl" aria-label={`${initials(user.name)}: account of ${user.name}`}>
          <Avatar size={34} radius="xl" variant="filled" color="bottle" name={user.name}>
            {initials(user.name)}
          </Avatar>
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text component="span" display="block" fw={600} size="sm" c="var(--mantine-color-text)" truncate>
            {user.name}
          </Text>
          <Text component="span" display="block" size="xs" c="dimmed" truncate>
            {user.email}
          </Text>
        </Menu.Label>
        <Menu.Divider />
        {!isAdmin && (
          <Menu.Item component={Link} to="/orders" leftSection={<IconPackages size={17} />}>
            My orders
          </Menu.Item>
        )}
        {isAdmin && inShop && (
          <Menu.Item component={Link} to="/admin" leftSection={<IconLayoutDashboard size={17} />}>
            Administration
          </Menu.Item>
        )}
        {isAdmin && !inShop && (
          <Menu.Item component={Link} to="/" leftSection={<IconBuildingStore size={17} />}>
            To the shop
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconLogout size={17} />} onClick={() => void leave()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
