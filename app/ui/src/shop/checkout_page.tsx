import { Alert, Button, Group, Select, Skeleton, Text, TextInput, Title } from '@mantine/core';
import { IconAlertCircle, IconArrowLeft, IconLock } from '@tabler/icons-react';
import { useMemo, useRef, useState } from 'react';
import type { SyntheticEvent } from 'react';
import { Link, Navigate, useNavigate } from 'react-router';

import { ApiProblem, explain } from '../api/problem';
import { ProductArt } from '../components/product_art';
import { ErrorState } from '../components/states';
import { emptyCart, useCart } from '../data/cart';
import { usePlaceOrder } from '../data/orders';
import { formatMoney, times } from '../lib/format';
import { uniqueKey } from '../lib/unique_key';
import { usePageTitle } from '../lib/use_page_title';
import { useSession } from '../session/session';
import type { AddressFields } from './address';
import { checkAddress, countries, keepAddress, kEmptyAddress, kFieldLabels, lastAddress, toAddress } from './address';
import classes from './checkout_page.module.css';
import { RequireCustomer } from './require_customer';
import { isShort, useCartProducts } from './use_cart_products';

export default function CheckoutPage() {
  usePageTitle('Check out');
  return (
    <>
      <h1 className={`serif ${classes.title}`}>Check out</h1>
      <RequireCustomer what="check out">
        <Checkout />
      </RequireCustomer>
    </>
  );
}

function Checkout() {
  const isEmpty = useCart().length === 0;
  // Placing the order empties the cart; that is no reason to leave this page for the cart.
  const [wasFilled] = useState(!isEmpty);
  if (isEmpty && !wasFilled) return <Navigate to="/cart" replace />;
  return <CheckoutForm />;
}

type Problems = Partial<Record<keyof AddressFields, string>>;

function CheckoutForm() {
  const { user } = useSession();
  const userId = user?.id ?? '';
  const cart = useCartProducts();
  const navigate = useNavigate();
  const place = usePlaceOrder();
  const [address, setAddress] = useState<AddressFields>(() => lastAddress(userId) ?? { ...kEmptyAddress, name: user?.name ?? '' });
  const [problems, setProblems] = useState<Problems>({});
  const form = useRef<HTMLFormElement>(null);
  const key = useOrderKey(address, cart.lines);

  const change = (field: keyof AddressFields, value: string) => {
    setAddress((known) => ({ ...known, [field]: value }));
    setProblems((known) => ({ ...known, [field]: undefined }));
  };
  const show = (found: Problems) => {
    setProblems(found);
    const first = (Object.keys(kFieldLabels) as Array<keyof AddressFields>).find((field) => found[field]);
    if (first) form.current?.querySelector<HTMLInputElement>(`[name="${first}"]`)?.focus();
  };
  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    const found = checkAddress(address);
    show(found);
    if (Object.keys(found).length > 0 || place.isPending) return;
    const items = cart.lines.map(({ productId, quantity }) => ({ product_id: productId, quantity }));
    try {
      const order = await place.mutateAsync({ form: { items, shipping_address: toAddress(address) }, key });
      keepAddress(userId, address);
      await navigate(`/orders/${order.id}`, { state: { placed: true } });
      emptyCart();
    } catch (error) {
      if (error instanceof ApiProblem) show(problemsOf(error));
    }
  };

  if (cart.error && !cart.isLoading) return <ErrorState error={cart.error} onRetry={cart.retry} />;
  return (
    <form ref={form} className={classes.page} onSubmit={(event) => void submit(event)} noValidate>
      <section className={`surface ${classes.card}`} aria-labelledby="delivery">
        <Title order={2} id="delivery" size="h4" mb="lg">
          Where should it go?
        </Title>
        <AddressInputs address={address} problems={problems} onChange={change} />
      </section>
      <aside className={`surface ${classes.card} ${classes.summary}`} aria-labelledby="summary">
        <Title order={2} id="summary" size="h4" mb="md">
          Your order
        </Title>
        <ul className={classes.lines}>
          {cart.lines.map((line) => (
            <li key={line.productId}>
              {line.product ? (
                <>
                  <ProductArt name={line.product.name} category={line.product.category} sku={line.product.sku} size="thumb" />
                  <div>
                    <Text fw={550} size="sm">
                      {line.product.name}
                    </Text>
                    <Text size="sm" c={isShort(line) ? 'var(--mantine-color-error)' : 'dimmed'}>
                      {isShort(line) ? `${line.quantity} wanted, ${line.stock} left` : `${line.quantity} × ${formatMoney(line.product.price)}`}
                    </Text>
                  </div>
                  <span className="tabular">{formatMoney(times(line.product.price, line.quantity))}</span>
                </>
              ) : (
                <Skeleton h={56} />
              )}
            </li>
          ))}
        </ul>
        <Group justify="space-between" className={classes.total}>
          <span>Total</span>
          <span>{cart.total ? formatMoney(cart.total) : '…'}</span>
        </Group>
        {place.isError && (
          <Alert color="red" variant="light" icon={<IconAlertCircle size={20} />} title="The order was not placed" mb="md" role="alert">
            {explain(place.error)}
          </Alert>
        )}
        <Button type="submit" size="lg" fullWidth loading={place.isPending} disabled={cart.isLoading} leftSection={<IconLock size={18} />}>
          Place order
        </Button>
        <Button component={Link} to="/cart" variant="subtle" color="gray" c="dimmed" fullWidth mt="xs" leftSection={<IconArrowLeft size={16} />}>
          Back to the cart
        </Button>
      </aside>
    </form>
  );
}

// One key for one wish: sent again after a lost answer, the same order comes back instead of a second one.
function useOrderKey(address: AddressFields, lines: ReadonlyArray<{ productId: string; quantity: number }>): string {
  const wish = JSON.stringify([address, lines.map(({ productId, quantity }) => [productId, quantity])]);
  const [made, setMade] = useState(() => ({ wish, key: uniqueKey() }));
  if (made.wish !== wish) setMade({ wish, key: uniqueKey() });
  return made.key;
}

function problemsOf(error: ApiProblem): Problems {
  const problems: Problems = {};
  for (const field of Object.keys(kFieldLabels) as Array<keyof AddressFields>) {
    const message = error.errorAt(`/shipping_address/${field}`);
    if (message) problems[field] = message;
  }
  return problems;
}

type InputsProps = { address: AddressFields; problems: Problems; onChange: (field: keyof AddressFields, value: string) => void };

function AddressInputs({ address, problems, onChange }: InputsProps) {
  const options = useMemo(() => countries(), []);
  const input = (field: keyof AddressFields, autoComplete: string, required = true) => (
    <TextInput
      size="md"
      name={field}
      label={kFieldLabels[field]}
      autoComplete={autoComplete}
      required={required}
      description={required ? undefined : 'If there is one'}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      value={address[field]}
      error={problems[field]}
      onChange={(event) => onChange(field, event.currentTarget.value)}
    />
  );
  return (
    <div className={classes.fields}>
      <div className={classes.wide}>{input('name', 'shipping name')}</div>
      <div className={classes.wide}>{input('line1', 'shipping address-line1')}</div>
      <div className={classes.wide}>{input('line2', 'shipping address-line2', false)}</div>
      {input('postal_code', 'shipping postal-code')}
      {input('city', 'shipping address-level2')}
      <div className={classes.wide}>
        <Select
          size="md"
          name="country"
          label={kFieldLabels.country}
          placeholder="Choose or type"
          searchable
          required
          data={options}
          value={address.country || null}
          error={problems.country}
          nothingFoundMessage="No such country"
          onChange={(value) => onChange('country', value ?? '')}
        />
      </div>
    </div>
  );
}
