// What arrives right now, from the live channel.
import { Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LiveCounters } from '../../api/generated';
import { useLive } from '../../api/live';
import { exact } from '../../format/numbers';
import { useLanguage } from '../../i18n';

export function LiveCounter() {
  const { t } = useTranslation();
  const language = useLanguage();
  const [counters, setCounters] = useState<LiveCounters | null>(null);
  const state = useLive('counters', (message) => {
    if (message.topic === 'counters') setCounters(message);
  });
  const explain = counters ? t('live.explain', { received: exact(counters.received, language), waiting: exact(counters.journal_waiting, language) }) : t(`live.${state}`);
  return (
    <Tooltip title={explain}>
      <span className="num nowrap" data-testid="live-counter" tabIndex={0} aria-live="off">
        <span className={`live-dot ${state}`} />
        {state === 'open' && counters
          ? <>{t('live.rate', { rate: exact(counters.per_second, language, counters.per_second < 10 ? 1 : 0) })} <span className="muted">· {t('live.total', { total: exact(counters.events, language) })}</span></>
          : t(`live.${state}`)}
      </span>
    </Tooltip>
  );
}
