// What arrives right now, from the live channel.
import { Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { LiveCounters } from '../../api/generated';
import { useLive } from '../../api/live';
import { DrillNumber } from '../../components/drill_number';
import { exact } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useMay } from '../../state/session';

export function LiveCounter() {
  const { t } = useTranslation();
  const language = useLanguage();
  const [counters, setCounters] = useState<LiveCounters | null>(null);
  const state = useLive('counters', (message) => {
    if (message.topic === 'counters') setCounters(message);
  });
  const may = useMay();
  const explain = counters ? t('live.explain', { received: exact(counters.received, language), waiting: exact(counters.journal_waiting, language) }) : t(`live.${state}`);
  const rate = counters && t('live.rate', { rate: exact(counters.per_second, language, counters.per_second < 10 ? 1 : 0) });
  return (
    <Tooltip title={explain}>
      <span className="num nowrap" data-testid="live-counter" tabIndex={0} aria-live="off">
        <span className={`live-dot ${state}`} />
        {state === 'open' && counters
          ? <>
            {may('manage_data') ? <Link to="/data?view=live" data-drill="link">{rate}</Link> : rate}
            <span className="muted"> · <DrillNumber behind="explained" to={{ title: t('status.events'), scope: 'all', why: 'index' }}>{t('live.total', { total: exact(counters.events, language) })}</DrillNumber></span>
          </>
          : t(`live.${state}`)}
      </span>
    </Tooltip>
  );
}
