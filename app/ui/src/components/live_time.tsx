import { formatAgo, formatDateTimeExactly } from '../lib/format';
import { useNow } from '../lib/use_now';

export function LiveTime({ time }: { time: string }) {
  const now = useNow();
  return (
    <time dateTime={time} title={formatDateTimeExactly(time)}>
      {formatAgo(time, Math.max(now, Date.parse(time)))}
    </time>
  );
}
