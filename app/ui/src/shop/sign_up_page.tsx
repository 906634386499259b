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

const kShortestPassword = 10;
type Problems = { name?: string; email?: string; password?: string };

function check(name: string, email: string, password: string): Problems {
  const problems: Problems = {};
  if (name.trim() === '') problems.name = 'Your name is needed.';
  if (!/^\S+@\S+$/.test(email.trim())) problems.email = 'This is no e-mail address.';
  if (password.length < kShortestPassword) problems.password = `At least ${kShortestPassword} characters.`;
  return problems;
}

export default function SignUpPage() {
  usePageTitle('Create an account');
  const { user, signUp } = useSession();
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [problems, setProblems] = useState<Problems>({});
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  if (user && !isBusy) return <Navigate to={destination(params, user.role)} replace />;

  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    const found = check(name, email, password);
    setProblems(found);
    setError(undefined);
    if (Object.keys(found).length > 0) return;
    setBusy(true);
    try {
      const created = await signUp(name.trim(), email.trim(), password);
      toastSuccess(`Welcome, ${created.name.split(' ')[0]}`, 'Your account is ready.');
      await navigate(destination(params, created.role), { replace: true });
    } catch (problem) {
      if (problem instanceof ApiProblem) setProblems(problemsOf(problem));
      setError(problem);
    } finally {
      setBusy(false);
    }
  };

  return (
    <AuthCard title="Create an account" subtitle="It takes a name, an address and a password. Nothing else.">
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Stack gap="md">
          {error !== undefined && (
            <Alert color="red" variant="light" icon={<IconAlertCircle size={20} />} role="alert">
              {explain(error)}
            </Alert>
          )}
          <TextInput
            size="md"
            label="Name"
            name="name"
            autoComplete="name"
            required
            value={name}
            error={problems.name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TextInput
            size="md"
            label="E-mail"
            type="email"
            name="email"
            autoComplete="username"
            required
            value={email}
            error={problems.email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <PasswordInput
            size="md"
            label="Password"
            name="password"
            autoComplete="new-password"
            description={`At least ${kShortestPassword} characters; a sentence is a good one`}
            required
            value={password}
            error={problems.password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <Button type="submit" size="md" loading={isBusy} mt="xs">
            Create account
          </Button>
          <Text ta="center" size="sm">
            You have one?{' '}
            <Anchor component={Link} to={`/sign-in?${params}`} underline="always">
              Sign in
            </Anchor>
          </Text>
        </Stack>
      </form>
    </AuthCard>
  );
}

function problemsOf(error: ApiProblem): Problems {
  return {
    name: error.errorAt('/name'),
    email: error.errorAt('/email') ?? (error.status === 409 ? 'There is an account with this address already.' : undefined),
    password: error.errorAt('/password'),
  };
}
