import { Alert, Anchor, Button, Group, Modal, Skeleton, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAlertCircle, IconArchive, IconArrowLeft, IconCheck, IconGitMerge, IconPackageOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';

import { explain, isStatus } from '../api/problem';
import { ProductArt } from '../components/product_art';
import { EmptyState, ErrorState } from '../components/states';
import type { TaggedProduct } from '../data/products';
import { productQuery } from '../data/products';
import { useStock } from '../data/stock';
import { formatCount, formatDateTime } from '../lib/format';
import { usePageTitle } from '../lib/use_page_title';
import { ConflictChooser } from './conflict_chooser';
import { PageHeader } from './page_header';
import { kDraftLabels } from './product_draft';
import { ProductFields } from './product_fields';
import classes from './product_form.module.css';
import { useArchiveProduct } from './use_archive_product';
import { useProductEditor } from './use_product_editor';

export default function EditProductPage() {
  const { id = '' } = useParams();
  const query = useQuery(productQuery(id));
  usePageTitle(query.data?.product.name ?? 'Product');
  return (
    <>
      <Button component={Link} to="/admin/products" variant="subtle" color="gray" c="dimmed" px="xs" ml={-10} mb="xs" leftSection={<IconArrowLeft size={17} />}>
        Products
      </Button>
      {query.data ? (
        // The key: another product is another form.
        <Editor key={id} current={query.data} />
      ) : query.isError ? (
        isStatus(query.error, 404) ? (
          <EmptyState icon={<IconPackageOff size={28} stroke={1.6} />} title="This product does not exist, or is archived" level={1} />
        ) : (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        )
      ) : (
        <Skeleton h={520} maw={1080} aria-hidden />
      )}
    </>
  );
}

function Editor({ current }: { current: TaggedProduct }) {
  const editor = useProductEditor(current);
  const { product } = current;
  const stock = useStock(product.id, product.stock);
  return (
    <>
      <PageHeader title={product.name} subtitle={`${product.sku} · version ${product.version} · changed ${formatDateTime(product.updated_at)}`} />
      <div className={classes.page}>
        <form
          className={`surface ${classes.card}`}
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            editor.save();
          }}
        >
          {editor.merge && <MergeNotice merge={editor.merge} onChoose={editor.choose} choices={editor.choices} theirs={editor.theirs} mine={editor.draft} />}
          {editor.error !== undefined && (
            <Alert color="red" variant="light" icon={<IconAlertCircle size={20} />} title="The product was not saved" mb="lg" role="alert">
              {explain(editor.error)} What you typed is still here.
            </Alert>
          )}
          <div className={classes.fields}>
            <ProductFields draft={editor.draft} problems={editor.problems} onChange={editor.change} />
          </div>
          <div className={classes.actions}>
            <ArchiveButton current={current} />
            <Group gap="xs">
              <Button variant="default" disabled={!editor.isChanged} onClick={editor.discard}>
                Discard
              </Button>
              <Button type="submit" loading={editor.isSaving} disabled={!editor.canSave} leftSection={<IconCheck size={17} />}>
                Save
              </Button>
            </Group>
          </div>
        </form>
        <aside className={`surface ${classes.preview}`} aria-label="Product">
          <ProductArt name={editor.draft.name} category={editor.draft.category} sku={product.sku} />
          <dl>
            <dt>Stock</dt>
            <dd className="tabular">{formatCount(stock)}</dd>
            <dt>Created</dt>
            <dd>{formatDateTime(product.created_at)}</dd>
            <dt>In the shop</dt>
            <dd>
              <Anchor component={Link} to={`/products/${product.id}`} size="sm">
                See its page
              </Anchor>
            </dd>
          </dl>
        </aside>
      </div>
    </>
  );
}

type Editing = ReturnType<typeof useProductEditor>;
type NoticeProps = { merge: NonNullable<Editing['merge']>; theirs: Editing['theirs']; mine: Editing['draft']; choices: Editing['choices']; onChoose: Editing['choose'] };

function MergeNotice({ merge, theirs, mine, choices, onChoose }: NoticeProps) {
  const taken = merge.taken.map((field) => kDraftLabels[field].toLowerCase()).join(', ');
  return (
    <Alert color="yellow" variant="light" icon={<IconGitMerge size={20} />} title="Somebody else has changed this product" mb="lg" role="alert" data-testid="conflict">
      <Text size="sm">
        Nothing of yours is lost.
        {taken && ` Their ${taken} ${merge.taken.length === 1 ? 'has' : 'have'} been taken over.`}
        {merge.conflicts.length > 0 ? ' You both changed the following; choose what to keep, then save.' : ' Look it over, then save.'}
      </Text>
      {merge.conflicts.map((field) => (
        <ConflictChooser key={field} field={field} mine={mine} theirs={theirs} choice={choices[field]} onChoose={(side) => onChoose(field, side)} />
      ))}
    </Alert>
  );
}

function ArchiveButton({ current }: { current: TaggedProduct }) {
  const [isOpen, { open, close }] = useDisclosure();
  const archive = useArchiveProduct();
  return (
    <>
      <Button variant="subtle" color="red" c="var(--mantine-color-error)" leftSection={<IconArchive size={17} />} onClick={open}>
        Archive
      </Button>
      <Modal opened={isOpen} onClose={close} title={`Archive ${current.product.name}?`}>
        <Text mb="lg">It disappears from the shop and cannot be ordered any more. Orders that contain it stay as they are.</Text>
        {archive.isError && (
          <Alert color="red" variant="light" mb="md" role="alert">
            {explain(archive.error)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={close} data-autofocus>
            Keep it
          </Button>
          <Button color="red" loading={archive.isPending} onClick={() => archive.mutate(current)}>
            Archive
          </Button>
        </Group>
      </Modal>
    </>
  );
}
