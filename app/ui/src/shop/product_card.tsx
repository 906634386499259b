import { Link } from 'react-router';

import type { Product } from '../api/types';
import { ProductArt } from '../components/product_art';
import { StockLabel } from '../components/stock_label';
import { formatMoney } from '../lib/format';
import { AddToCart } from './add_to_cart';
import classes from './product_card.module.css';

export function ProductCard({ product }: { product: Product }) {
  return (
    <article className={classes.card} data-testid="product">
      <ProductArt name={product.name} category={product.category} sku={product.sku} />
      <div className={classes.body}>
        <p className={classes.category}>{product.category || ' '}</p>
        <h3 className={classes.name}>
          {/* The link covers the card; the button lies above it. */}
          <Link to={`/products/${product.id}`} className={classes.link}>
            {product.name}
          </Link>
        </h3>
        <div className={classes.stock}>
          <StockLabel productId={product.id} stock={product.stock} />
        </div>
        <div className={classes.foot}>
          <span className={classes.price}>{formatMoney(product.price)}</span>
          <AddToCart product={product} compact />
        </div>
      </div>
    </article>
  );
}
