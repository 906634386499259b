import { Link } from 'react-router';

import classes from './logo.module.css';

export function LogoMark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden>
      <rect width="32" height="32" rx="9" fill="#1a563e" />
      <path
        d="M13 6.500h6v5.700c0 1 .5 1.900 1.200 2.600A7.600 7.600 0 0 1 16 26.500a7.600 7.600 0 0 1-4.200-11.700c.7-.7 1.200-1.600 1.200-2.600z"
        fill="none"
        stroke="#fff"
        strokeWidth="1.900"
        strokeLinejoin="round"
      />
      <path d="M10.400 19.200h11.200A5.600 5.600 0 0 1 16 24.800a5.600 5.600 0 0 1-5.600-5.600z" fill="#8dc5ab" />
    </svg>
  );
}

export function Logo({ to = '/', area }: { to?: string; area?: string }) {
  return (
    <Link to={to} className={classes.logo}>
      <LogoMark />
      <span className={classes.word}>Carafe</span>{' '}
      {area && <span className={classes.area}>{area}</span>}
    </Link>
  );
}
