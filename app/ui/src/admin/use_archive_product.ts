import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';

import { api, unwrap } from '../api/client';
import { isStatus } from '../api/problem';
import { toastSuccess } from '../components/toasts';
import { inventoryKeys } from '../data/inventory';
import type { TaggedProduct } from '../data/products';
import { productKeys } from '../data/products';

export function useArchiveProduct() {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: ({ product, etag }: TaggedProduct) =>
      unwrap(api.DELETE('/products/{id}', { params: { path: { id: product.id }, header: { 'If-Match': etag } } })),
    onSuccess: async (_, { product }) => {
      toastSuccess('Archived', `${product.name} is no longer in the shop.`);
      await navigate('/admin/products');
      client.removeQueries({ queryKey: productKeys.detail(product.id) });
      void client.invalidateQueries({ queryKey: productKeys.lists });
      void client.invalidateQueries({ queryKey: inventoryKeys.all });
    },
    onError: (error, { product }) => {
      // The newer version shows itself in the form; archiving it is a new decision.
      if (isStatus(error, 412)) void client.invalidateQueries({ queryKey: productKeys.detail(product.id) });
    },
  });
}
