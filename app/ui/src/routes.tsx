import type { ComponentType } from 'react';
import type { RouteObject } from 'react-router';

import { RouteError } from './components/route_error';
import { NotFoundPage } from './components/not_found_page';
import { RootLayout } from './components/root_layout';
import { PageSkeleton } from './components/page_skeleton';
import { ShopLayout } from './shop/shop_layout';
import { ProductsPage } from './shop/products_page';

// Each page is a file of its own, loaded when it is first visited.
function page(load: () => Promise<{ default: ComponentType }>) {
  return async () => ({ Component: (await load()).default });
}

const kAdminPages: RouteObject[] = [
  { index: true, lazy: page(() => import('./admin/dashboard_page')) },
  {
    path: 'orders',
    lazy: page(() => import('./admin/orders_page')),
    children: [{ path: ':id', lazy: page(() => import('./admin/order_drawer')) }],
  },
  { path: 'products', lazy: page(() => import('./admin/products_page')) },
  { path: 'products/new', lazy: page(() => import('./admin/new_product_page')) },
  { path: 'products/:id', lazy: page(() => import('./admin/edit_product_page')) },
  { path: 'inventory', lazy: page(() => import('./admin/inventory_page')) },
  { path: 'notifications', lazy: page(() => import('./admin/notifications_page')) },
  { path: '*', element: <NotFoundPage /> },
];

const kOpsPages: RouteObject[] = [
  { index: true, lazy: page(() => import('./ops/overview_page')) },
  { path: 'topics', lazy: page(() => import('./ops/topics_page')) },
  { path: 'topics/:topic', lazy: page(() => import('./ops/topic_page')) },
  { path: 'groups', lazy: page(() => import('./ops/groups_page')) },
  { path: 'lanes', lazy: page(() => import('./ops/lanes_page')) },
  { path: 'dead-letters', lazy: page(() => import('./ops/dead_letters_page')) },
  { path: 'traces', lazy: page(() => import('./ops/trace_page')) },
  { path: 'traces/:id', lazy: page(() => import('./ops/trace_page')) },
  { path: 'audit', lazy: page(() => import('./ops/audit_page')) },
  { path: '*', element: <NotFoundPage /> },
];

export const routes: RouteObject[] = [
  {
    element: <RootLayout />,
    errorElement: <RouteError />,
    hydrateFallbackElement: <PageSkeleton />,
    children: [
      {
        path: '/',
        element: <ShopLayout />,
        children: [
          { index: true, element: <ProductsPage /> },
          { path: 'products/:id', lazy: page(() => import('./shop/product_page')) },
          { path: 'cart', lazy: page(() => import('./shop/cart_page')) },
          { path: 'checkout', lazy: page(() => import('./shop/checkout_page')) },
          { path: 'orders', lazy: page(() => import('./shop/orders_page')) },
          { path: 'orders/:id', lazy: page(() => import('./shop/order_page')) },
          { path: 'sign-in', lazy: page(() => import('./shop/sign_in_page')) },
          { path: 'sign-up', lazy: page(() => import('./shop/sign_up_page')) },
          { path: '*', element: <NotFoundPage /> },
        ],
      },
      { path: '/admin', lazy: page(() => import('./admin/admin_layout')), children: kAdminPages },
      { path: '/ops', lazy: page(() => import('./ops/ops_layout')), children: kOpsPages },
    ],
  },
];
