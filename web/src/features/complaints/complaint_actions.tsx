// What moves a complaint on. What is allowed the service says; here are only the forms.
import { App, Button, Form, Input, InputNumber, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useInvalidate } from '../../api/client';
import { useAddComplaintStep, useChangeComplaint, useDecideComplaintStep, useMoveComplaint, type ComplaintDetail, type ComplaintStep, type NewComplaintStep } from '../../api/generated';
import { ProblemView, useProblemNotice } from '../../components/problem';
import { minorDigits } from '../../format/numbers';
import { freshKey } from './new_complaint';
import { kSeverityKeys, useCategories } from './words';

const kCauses = ['value', 'system', 'people'] as const;
type Move = 'accept' | 'resolve' | 'close' | 'reopen';

function useRefresh() {
  const invalidate = useInvalidate();
  return () => invalidate('getComplaint', 'listComplaints', 'getComplaintReport');
}

function MoveDialog({ detail, to, onClose }: { detail: ComplaintDetail; to: Move; onClose: () => void }) {
  const { t } = useTranslation();
  const move = useMoveComplaint();
  const refresh = useRefresh();
  const [form] = Form.useForm<{ note?: string; cause_class?: 'value' | 'system' | 'people'; cause?: string }>();
  const one = detail.complaint;
  const asksCause = to === 'resolve' || to === 'close';
  const submit = (values: { note?: string; cause_class?: 'value' | 'system' | 'people'; cause?: string }) => move.mutate({
    id: one.id, body: { to, ...(values.note && { note: values.note }), ...(values.cause_class && { cause_class: values.cause_class, cause: values.cause ?? '' }) },
  }, { onSuccess: async () => { await refresh(); onClose(); } });
  return (
    <Modal open title={t(`complaint.move_${to}`)} onCancel={onClose} okText={t(`complaint.move_${to}`)} cancelText={t('common.cancel')} confirmLoading={move.isPending} onOk={() => form.submit()}>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={submit} initialValues={{ ...(one.cause_class && { cause_class: one.cause_class }), cause: one.cause }}>
        {asksCause && (
          <>
            <Form.Item name="cause_class" label={t('complaint.cause')} extra={t('complaint.cause_explain')} rules={[{ required: to === 'close', message: t('record.required') }]}><Select allowClear={to !== 'close'} options={kCauses.map((key) => ({ value: key, label: t(`complaint.cause_${key}`) }))} /></Form.Item>
            <Form.Item name="cause" label={t('complaint.cause_words')} extra={t('complaint.cause_words_explain')}><Input maxLength={60} autoComplete="off" /></Form.Item>
          </>
        )}
        <Form.Item name="note" label={t('complaint.note')}><Input.TextArea rows={3} maxLength={1000} /></Form.Item>
      </Form>
      {move.error && <ProblemView error={move.error} />}
    </Modal>
  );
}

interface StepValues { kind: NewComplaintStep['kind']; note?: string; amount?: number; currency?: string }

function StepDialog({ detail, onClose }: { detail: ComplaintDetail; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const { catalogue } = useCategories();
  const add = useAddComplaintStep();
  const refresh = useRefresh();
  const [form] = Form.useForm<StepValues>();
  const [client] = useState(freshKey); // kept: a second press writes one step
  const canRecover = detail.allowed.includes('step');
  const kinds = (catalogue?.steps ?? []).filter((kind) => canRecover || kind === 'note');
  const currencies = [...new Set((catalogue?.limits ?? []).map((limit) => limit.currency))];
  const kind = Form.useWatch('kind', form);
  const submit = (values: StepValues) => add.mutate({
    id: detail.complaint.id,
    body: { client, kind: values.kind, ...(values.note && { note: values.note }), ...(values.amount !== undefined && values.amount !== null && values.currency && { cost: { minor: String(Math.round(values.amount * 10 ** minorDigits(values.currency))), currency: values.currency } }) },
  }, {
    onSuccess: async (made) => {
      await refresh();
      const written = made.steps.at(-1);
      if (written?.state === 'waiting') void message.warning(t(`complaint.why_${written.why}`));
      onClose();
    },
  });
  return (
    <Modal open title={t('complaint.add_step')} onCancel={onClose} okText={t('common.save')} cancelText={t('common.cancel')} confirmLoading={add.isPending} onOk={() => form.submit()}>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={submit} initialValues={{ kind: kinds[0], currency: currencies[0] }}>
        <Form.Item name="kind" label={t('complaint.step')} rules={[{ required: true, message: t('record.required') }]}><Select options={kinds.map((key) => ({ value: key, label: t(`complaint.step_${key}`) }))} /></Form.Item>
        {kind !== 'note' && (
          <Form.Item label={t('complaint.cost')} htmlFor="complaint-cost" extra={t('complaint.cost_explain')}>
            <div style={{ display: 'flex', gap: 8 }}>
              <Form.Item name="amount" noStyle><InputNumber<number> id="complaint-cost" min={0} style={{ flex: 1 }} /></Form.Item>
              <Form.Item name="currency" noStyle><Select aria-label={t('complaint.currency')} style={{ width: 100 }} options={currencies.map((key) => ({ value: key, label: key }))} /></Form.Item>
            </div>
          </Form.Item>
        )}
        <Form.Item name="note" label={t('complaint.note')} rules={[{ required: kind === 'note' || kind === 'contact', message: t('record.required') }]}><Input.TextArea rows={3} maxLength={1000} /></Form.Item>
      </Form>
      {add.error && <ProblemView error={add.error} />}
    </Modal>
  );
}

function ChangeDialog({ detail, onClose }: { detail: ComplaintDetail; onClose: () => void }) {
  const { t } = useTranslation();
  const { options, catalogue } = useCategories();
  const change = useChangeComplaint();
  const refresh = useRefresh();
  const one = detail.complaint;
  const [form] = Form.useForm<{ category: string; severity: typeof one.severity; owner: string | null; note?: string }>();
  const submit = (values: { category: string; severity: typeof one.severity; owner: string | null; note?: string }) => change.mutate({
    id: one.id, body: { category: values.category, severity: values.severity, ...(values.owner && { owner: values.owner }), ...(values.note && { note: values.note }) },
  }, { onSuccess: async () => { await refresh(); onClose(); } });
  return (
    <Modal open title={t('complaint.change')} onCancel={onClose} okText={t('common.save')} cancelText={t('common.cancel')} confirmLoading={change.isPending} onOk={() => form.submit()}>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={submit} initialValues={{ category: one.category, severity: one.severity, owner: one.owner.id }}>
        <Form.Item name="category" label={t('complaint.category')}><Select showSearch={{ optionFilterProp: 'label' }} options={options} /></Form.Item>
        <Form.Item name="severity" label={t('complaint.severity')} extra={t('complaint.severity_clock')}><Select options={kSeverityKeys.map((key) => ({ value: key, label: t(`complaint.severity_${key}`) }))} /></Form.Item>
        <Form.Item name="owner" label={t('complaint.owner')}><Select options={(catalogue?.people ?? []).map((person) => ({ value: person.id, label: person.name }))} /></Form.Item>
        <Form.Item name="note" label={t('complaint.note')}><Input.TextArea rows={2} maxLength={1000} /></Form.Item>
      </Form>
      {change.error && <ProblemView error={change.error} />}
    </Modal>
  );
}

export function Decide({ complaint, step }: { complaint: string; step: ComplaintStep }) {
  const { t } = useTranslation();
  const notice = useProblemNotice();
  const refresh = useRefresh();
  const decide = useDecideComplaintStep();
  const [refusing, setRefusing] = useState(false);
  const [note, setNote] = useState('');
  const send = (approve: boolean) => decide.mutate({ id: complaint, step: step.id, body: { approve, ...(note && { note }) } }, {
    onSuccess: async () => { setRefusing(false); await refresh(); },
    onError: notice,
  });
  return (
    <div style={{ display: 'flex', gap: 8, marginTop: 6 }}>
      {!step.mine && <Button size="small" type="primary" loading={decide.isPending} onClick={() => send(true)}>{t('complaint.approve')}</Button>}
      <Button size="small" onClick={() => setRefusing(true)}>{t(step.mine ? 'complaint.take_back' : 'complaint.refuse')}</Button>
      <Modal open={refusing} title={t(step.mine ? 'complaint.take_back' : 'complaint.refuse')} onCancel={() => setRefusing(false)} okText={t(step.mine ? 'complaint.take_back' : 'complaint.refuse')} cancelText={t('common.cancel')} okButtonProps={{ disabled: !note.trim() }} confirmLoading={decide.isPending} onOk={() => send(false)}>
        <Input.TextArea aria-label={t('complaint.reason')} placeholder={t('complaint.reason')} rows={3} maxLength={1000} value={note} onChange={(event) => setNote(event.target.value)} />
      </Modal>
    </div>
  );
}

export function Actions({ detail }: { detail: ComplaintDetail }) {
  const { t } = useTranslation();
  const notice = useProblemNotice();
  const refresh = useRefresh();
  const accept = useMoveComplaint();
  const [dialog, setDialog] = useState<Move | 'step' | 'change' | null>(null);
  const close = () => setDialog(null);
  const may = (what: ComplaintDetail['allowed'][number]) => detail.allowed.includes(what);
  return (
    <div style={{ display: 'flex', flexWrap: 'wrap', gap: 8 }}>
      {may('accept') && <Button type="primary" loading={accept.isPending} onClick={() => accept.mutate({ id: detail.complaint.id, body: { to: 'accept' } }, { onSuccess: refresh, onError: notice })}>{t('complaint.move_accept')}</Button>}
      <Button type={may('step') ? 'primary' : 'default'} onClick={() => setDialog('step')}>{t('complaint.add_step')}</Button>
      {may('resolve') && <Button disabled={detail.complaint.waiting} title={detail.complaint.waiting ? t('complaint.waits') : ''} onClick={() => setDialog('resolve')}>{t('complaint.move_resolve')}</Button>}
      {may('close') && <Button type="primary" onClick={() => setDialog('close')}>{t('complaint.move_close')}</Button>}
      {may('reopen') && <Button onClick={() => setDialog('reopen')}>{t('complaint.move_reopen')}</Button>}
      {detail.complaint.state !== 'closed' && <Button onClick={() => setDialog('change')}>{t('complaint.change')}</Button>}
      {dialog === 'step' && <StepDialog detail={detail} onClose={close} />}
      {dialog === 'change' && <ChangeDialog detail={detail} onClose={close} />}
      {(dialog === 'resolve' || dialog === 'close' || dialog === 'reopen') && <MoveDialog detail={detail} to={dialog} onClose={close} />}
    </div>
  );
}
