import { Alert, Button, NumberInput, TextInput } from '@mantine/core';
import { IconAlertCircle, IconArrowLeft, IconCheck } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { SyntheticEvent } from 'react';
import { Link, useNavigate } from 'react-router';

import { api, unwrap } from '../api/client';
import { ApiProblem, explain } from '../api/problem';
import type { ProductForm } from '../api/types';
import { ProductArt } from '../components/product_art';
import { toastSuccess } from '../components/toasts';
import { inventoryKeys } from '../data/inventory';
import { productKeys } from '../data/products';
import { parseAmount } from '../lib/format';
import { usePageTitle } from '../lib/use_page_title';
import { PageHeader } from './page_header';
import type { Draft, DraftProblems } from './product_draft';
import { checkDraft, kEmptyDraft } from './product_draft';
import { ProductFields } from './product_fields';
import classes from './product_form.module.css';

export default function NewProductPage() {
  usePageTitle('New product');
  const client = useQueryClient();
  const navigate = useNavigate();
  const [draft, setDraft] = useState<Draft>(kEmptyDraft);
  const [sku, setSku] = useState('');
  const [stock, setStock] = useState<number | string>(0);
  const [problems, setProblems] = useState<DraftProblems>({});
  const create = useMutation({
    mutationFn: (body: ProductForm) => unwrap(api.POST('/products', { body })),
    onSuccess: async (product) => {
      void client.invalidateQueries({ queryKey: productKeys.all });
      void client.invalidateQueries({ queryKey: inventoryKeys.all });
      toastSuccess('Product created', `${product.name} is in the shop now.`);
      await navigate('/admin/products');
    },
    onError: (error) => error instanceof ApiProblem && setProblems(problemsOf(error)),
  });

  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const found = checkDraft(draft);
    if (sku.trim() === '') found.sku = 'An article number is needed.';
    if (typeof stock !== 'number' || !Number.isSafeInteger(stock) || stock < 0) found.stock = 'A whole number, 0 or more.';
    setProblems(found);
    if (Object.keys(found).length > 0) return;
    create.mutate({
      sku: sku.trim(),
      name: draft.name.trim(),
      category: draft.category.trim(),
      description: draft.description,
      price: { amount_minor: parseAmount(draft.price, draft.currency) ?? 0, currency: draft.currency },
      stock: Number(stock),
    });
  };

  return (
    <>
      <Button component={Link} to="/admin/products" variant="subtle" color="gray" c="dimmed" px="xs" ml={-10} mb="xs" leftSection={<IconArrowLeft size={17} />}>
        Products
      </Button>
      <PageHeader title="New product" subtitle="It is in the shop as soon as it is created." />
      <div className={classes.page}>
        <form className={`surface ${classes.card}`} onSubmit={submit} noValidate>
          {create.isError && (
            <Alert color="red" variant="light" icon={<IconAlertCircle size={20} />} title="The product was not created" mb="lg" role="alert">
              {explain(create.error)}
            </Alert>
          )}
          <div className={classes.fields}>
            <TextInput
              name="sku"
              label="Article number"
              description="SKU; stays for ever"
              required
              value={sku}
              error={problems.sku}
              onChange={(event) => setSku(event.currentTarget.value)}
            />
            <NumberInput
              name="stock"
              label="Stock"
              description="Later by adjustments only"
              required
              min={0}
              max={1_000_000_000}
              allowDecimal={false}
              hideControls
              value={stock}
              error={problems.stock}
              onChange={setStock}
            />
            <ProductFields draft={draft} problems={problems} onChange={(field, value) => setDraft((known) => ({ ...known, [field]: value }))} />
          </div>
          <div className={classes.actions}>
            <Button component={Link} to="/admin/products" variant="default">
              Cancel
            </Button>
            <Button type="submit" loading={create.isPending} leftSection={<IconCheck size={17} />}>
              Create product
            </Button>
          </div>
        </form>
        <aside className={`surface ${classes.preview}`} aria-label="Picture">
          <ProductArt name={draft.name} category={draft.category} sku={sku} />
        </aside>
      </div>
    </>
  );
}

function problemsOf(error: ApiProblem): DraftProblems {
  return {
    sku: error.errorAt('/sku') ?? (error.status === 409 ? 'There is a product with this number already.' : undefined),
    stock: error.errorAt('/stock'),
    name: error.errorAt('/name'),
    category: error.errorAt('/category'),
    description: error.errorAt('/description'),
    price: error.errorAt('/price') ?? error.errorAt('/price/amount_minor'),
    currency: error.errorAt('/price/currency'),
  };
}
