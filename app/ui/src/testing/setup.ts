import { vi } from 'vitest';

// There is no page here, so it needs an address.
vi.stubGlobal('location', new URL('http://shop.example/'));
