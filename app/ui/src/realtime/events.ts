// What the server emits. Everything is checked on arrival: a field of another type counts as missing,
// an event without an id or a subject is dropped.
import { orderStatusValues } from '../api/schema.gen';
import type { Order, OrderStatus, Rejection } from '../api/types';
import { isObject } from '../lib/storage';

export type OrderNews = {
  kind: 'order';
  action: 'created' | 'updated' | 'cancelled';
  eventId: string;
  occurredAt: string;
  message: string;
  // The order as far as the event tells it.
  order: Partial<Order> & Pick<Order, 'id' | 'order_version'>;
  previousStatus: OrderStatus | undefined;
};

export type StockNews = {
  kind: 'stock';
  eventId: string;
  occurredAt: string;
  message: string;
  productId: string;
  sku: string;
  stock: number;
  previousStock: number | undefined;
  stockVersion: number;
};

export type ProductNews = {
  kind: 'product';
  action: 'created' | 'updated';
  eventId: string;
  occurredAt: string;
  message: string;
  productId: string;
  version: number;
};

export type AlertType = 'low_stock' | 'order_rejected' | 'dead_letter';

export type AlertNews = {
  kind: 'alert';
  type: AlertType;
  severity: 'info' | 'warning' | 'critical';
  eventId: string;
  occurredAt: string;
  message: string;
  orderId: string | undefined;
  productId: string | undefined;
};

export type News = OrderNews | StockNews | ProductNews | AlertNews;

export type StockLevel = { stock: number; stockVersion: number };

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const integer = (value: unknown): number | undefined => (Number.isSafeInteger(value) ? (value as number) : undefined);

const statusOf = (value: unknown): OrderStatus | undefined => orderStatusValues.find((status) => status === value);

// The name of an event without the prefix that administrators get, and what it says.
export function readNews(name: string, payload: unknown): News | undefined {
  if (!isObject(payload)) return undefined;
  const eventId = text(payload.event_id);
  if (!eventId) return undefined;
  const common = {
    eventId,
    occurredAt: text(payload.occurred_at) ?? new Date().toISOString(),
    message: text(payload.message) ?? '',
  };
  switch (name.replace(/^admin:/, '')) {
    case 'order:created':
    case 'order:updated':
    case 'order:cancelled':
      return readOrder(name.slice(name.lastIndexOf(':') + 1) as OrderNews['action'], payload, common);
    case 'inventory:updated':
      return readStock(payload, common);
    case 'product:created':
    case 'product:updated':
      return readProduct(name.slice(name.lastIndexOf(':') + 1) as ProductNews['action'], payload, common);
    case 'alert':
      return readAlert(payload, common);
    default:
      return undefined;
  }
}

type Common = { eventId: string; occurredAt: string; message: string };

function readOrder(action: OrderNews['action'], payload: Record<string, unknown>, common: Common): OrderNews | undefined {
  const told = payload.order;
  if (!isObject(told)) return undefined;
  const id = text(told.id);
  const version = integer(told.order_version);
  if (!id || version === undefined) return undefined;
  const status = statusOf(told.status);
  const order: OrderNews['order'] = { id, order_version: version };
  if (status) order.status = status;
  const number = text(told.order_number);
  if (number) order.order_number = number;
  for (const field of ['user_id', 'created_at', 'updated_at', 'cancelled_at'] as const) {
    const value = text(told[field]);
    if (value) order[field] = value;
  }
  if (Array.isArray(told.items)) order.items = told.items as Order['items'];
  if (isObject(told.total)) order.total = told.total as Order['total'];
  if (isObject(told.payment)) order.payment = told.payment as Order['payment'];
  if (isObject(told.customer)) order.customer = told.customer as Order['customer'];
  if (isObject(told.shipping_address)) order.shipping_address = told.shipping_address as Order['shipping_address'];
  if (isObject(told.rejection)) order.rejection = told.rejection as Rejection;
  return { kind: 'order', action, ...common, order, previousStatus: statusOf(told.previous_status) };
}

function readStock(payload: Record<string, unknown>, common: Common): StockNews | undefined {
  const productId = text(payload.product_id);
  const stock = integer(payload.stock);
  const stockVersion = integer(payload.stock_version);
  if (!productId || stock === undefined || stockVersion === undefined) return undefined;
  const previousStock = integer(payload.previous_stock);
  return { kind: 'stock', ...common, productId, sku: text(payload.sku) ?? '', stock, previousStock, stockVersion };
}

function readProduct(
  action: ProductNews['action'],
  payload: Record<string, unknown>,
  common: Common,
): ProductNews | undefined {
  const product = payload.product;
  if (!isObject(product)) return undefined;
  const productId = text(product.product_id) ?? text(product.id);
  const version = integer(product.version);
  return productId && version !== undefined ? { kind: 'product', action, ...common, productId, version } : undefined;
}

function readAlert(payload: Record<string, unknown>, common: Common): AlertNews | undefined {
  const type = (['low_stock', 'order_rejected', 'dead_letter'] as const).find((each) => each === payload.type);
  if (!type) return undefined;
  const severity = (['info', 'warning', 'critical'] as const).find((each) => each === payload.severity) ?? 'warning';
  return { kind: 'alert', type, severity, ...common, orderId: text(payload.order_id), productId: text(payload.product_id) };
}

// The snapshot that answers subscribe:inventory.
export function readSnapshot(payload: unknown): Map<string, StockLevel> {
  const levels = new Map<string, StockLevel>();
  const products = isObject(payload) && Array.isArray(payload.products) ? payload.products : [];
  for (const product of products) {
    if (!isObject(product)) continue;
    const id = text(product.product_id);
    const stock = integer(product.stock);
    const stockVersion = integer(product.stock_version);
    if (id && stock !== undefined && stockVersion !== undefined) levels.set(id, { stock, stockVersion });
  }
  return levels;
}
