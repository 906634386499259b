import { Text } from '@mantine/core';

import type { Order } from '../api/types';
import { countryName } from '../shop/address';

export function AddressBlock({ address }: { address: Order['shipping_address'] }) {
  if (!address) return <Text c="dimmed">No address was given.</Text>;
  return (
    <Text component="address" fs="normal" lh={1.6}>
      {address.name}
      <br />
      {address.line1}
      <br />
      {address.line2 && (
        <>
          {address.line2}
          <br />
        </>
      )}
      {address.postal_code} {address.city}
      <br />
      {countryName(address.country)}
    </Text>
  );
}
