// The names that the rest of the client uses for the shapes of the API. The shapes themselves are
// generated from the API's own description.
import type { components, operations } from './schema.gen';

type Schemas = components['schemas'];

export type Address = Schemas['Address'];
export type InventoryLevel = Schemas['InventoryLevel'];
export type Item = Schemas['Item'];
export type Money = Schemas['Money'];
export type Movement = Schemas['Movement'];
export type Order = Schemas['Order'];
export type OrderEvent = Schemas['OrderEvent'];
export type OrderForm = Schemas['OrderForm'];
export type OrderPage = Schemas['OrderPage'];
export type OrderStatus = Schemas['OrderStatus'];
export type PaymentStatus = Schemas['PaymentStatus'];
export type Problem = Schemas['Problem'];
export type Product = Schemas['Product'];
export type ProductChange = Schemas['ProductChange'];
export type ProductForm = Schemas['ProductForm'];
export type ProductPage = Schemas['ProductPage'];
export type Rejection = Schemas['Rejection'];
export type User = Schemas['User'];

export type OrderQuery = NonNullable<operations['listOrders']['parameters']['query']>;
