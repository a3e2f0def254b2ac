"""Work items by the kernel's names: what gives one its function, and what has it run."""

WORK_INIT = frozenset(
    "INIT_WORK INIT_WORK_ONSTACK INIT_DELAYED_WORK INIT_DELAYED_WORK_ONSTACK INIT_DEFERRABLE_WORK INIT_RCU_WORK "  # noqa: SIM905
    "INIT_RCU_WORK_ONSTACK kthread_init_work kthread_init_delayed_work btrfs_init_work init_irq_work".split()
)
WORK_QUEUE = frozenset(
    "queue_work queue_work_on queue_work_node queue_delayed_work queue_delayed_work_on mod_delayed_work "  # noqa: SIM905
    "mod_delayed_work_on schedule_work schedule_work_on schedule_delayed_work schedule_delayed_work_on queue_rcu_work "
    "kthread_queue_work kthread_queue_delayed_work kthread_mod_delayed_work btrfs_queue_work irq_work_queue".split()
)
