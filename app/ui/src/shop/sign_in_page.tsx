import { Alert, Anchor, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { useState } from 'react';
import type { SyntheticEvent } from 'react';
import { Link, Navigate, useNavigate, useSearchParams } from 'react-router';

import { ApiProblem, explain } from '../api/problem';
import { toastSuccess } from '../components/toasts';
import { usePageTitle } from '../lib/use_page_title';
import { useSession } from '../session/session';
import { AuthCard } from './auth_card';
import { destination } from './destination';

export default function SignInPage() {
  usePageTitle('Sign in');
  const { user, signIn } = useSession();
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  if (user && !isBusy) return <Navigate to={destination(params, user.role)} replace />;

  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      const found = await signIn(email.trim(), password);
      toastSuccess(`Hello, ${found.name.split(' ')[0]}`, 'You are signed in.');
      await navigate(destination(params, found.role), { replace: true });
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };

  return (
    <AuthCard title="Welcome back" subtitle="Sign in to order and to follow your orders live.">
      <form onSubmit={(event) => void submit(event)}>
        <Stack gap="md">
          {error !== undefined && (
            <Alert color="red" variant="light" icon={<IconAlertCircle size={20} />} role="alert">
              {explainSignIn(error)}
            </Alert>
          )}
          <TextInput
            size="md"
            label="E-mail"
            type="email"
            name="email"
            autoComplete="username"
            required
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <PasswordInput
            size="md"
            label="Password"
            name="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <Button type="submit" size="md" loading={isBusy} mt="xs">
            Sign in
          </Button>
          <Text ta="center" size="sm">
            New here?{' '}
            <Anchor component={Link} to={`/sign-up?${params}`} underline="always">
              Create an account
            </Anchor>
          </Text>
        </Stack>
      </form>
    </AuthCard>
  );
}

function explainSignIn(error: unknown): string {
  if (error instanceof ApiProblem && error.status === 429) {
    return `Too many attempts. Try again in ${error.retryAfterSeconds ?? 60} seconds.`;
  }
  return explain(error);
}
