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
    ],
  },
];
