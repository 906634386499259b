import type { ReactNode } from 'react';

import { LogoMark } from '../components/logo';
import classes from './auth_card.module.css';

export function AuthCard({ title, subtitle, children }: { title: string; subtitle: string; children: ReactNode }) {
  return (
    <div className={classes.place}>
      <div className={`surface ${classes.card}`}>
        <LogoMark size={40} />
        <h1 className={`serif ${classes.title}`}>{title}</h1>
        <p className={classes.subtitle}>{subtitle}</p>
        {children}
      </div>
    </div>
  );
}
