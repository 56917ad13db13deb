package app

import "huiying/report"

func silentUnit(y *year) {
	y.chapter("七月：一个单位一直不办", "到期、超期一级一级往上；周报点名；连续两周的，系统提出约谈建议，由人决定。")
	y.until("2026-07-13 09:00")
	y.register("钱值班", map[string]any{
		"source": "新闻媒体", "title": "记者反映城关镇拖欠征地补偿款", "text": "省报记者来电，反映城关镇拖欠征地补偿款，涉及60户村民", "place": "城关镇",
		"level": "major", "lead": "城关镇", "found_at": "2026-07-13T08:50:00+08:00",
	})
	y.until("2026-07-15 09:00")
	y.says("徐镇长", "知悉12号")
	y.says("徐经办", "签收12号")
	y.until("2026-07-20 09:00")
	y.says("郑主任", "逾期")
	y.says("沈副县长", "督办12号 请徐镇长今天到县政府办说明")
	y.until("2026-07-27 09:00")
	y.says("沈副县长", "周报")
	y.decides("沈副县长", report.RulingTalk, "chengguan", true, "7月29日约谈镇主要负责人", 200)
	y.look("weekly", "沈副县长", "/weekly/2026-W30", onDesk, "城关镇")
	y.look("incident", "钱值班", "/incidents/12", onDesk, "记者反映城关镇拖欠征地补偿款")
	y.look("mine-phone", "徐经办", "/", onPhone, "12号")
	y.until("2026-07-28 10:00")
	y.says("徐镇长", "方案12号 8月31日 8月底前付清60户补偿款")
	y.until("2026-08-28 15:00")
	y.do("徐镇长", 12, "conclude", map[string]any{"kind": "resolved", "result": "60户补偿款已付清", "address": "https://www.example.gov.cn/reply/12"})
	y.do("徐镇长", 12, "after_action", map[string]any{
		"happened": "拖欠60户征地补偿款，媒体反映后超期13天才给出方案", "ill": "签收、回应、方案都超期", "causes": "补偿资金台账不清，无人盯办",
		"took_part": "城关镇、县自然资源局", "measures": []map[string]any{{"unit": "城关镇", "text": "征地补偿台账每月公示", "due_at": "2026-09-30T16:00:00Z"}},
	})
}

func autumn(y *year) {
	y.look("rulings", "郑主任", "/rulings", onDesk, "约谈")
	y.chapter("八月：升级和更正", "情况发展的，从发展那一刻重新起算；原来定错了的，从头起算，可能立刻就超期。")
	y.until("2026-08-31 09:00")
	y.register("钱值班", map[string]any{
		"source": "12345热线", "external_id": "20260831004", "title": "东风路燃气味", "text": "东风路居民反映楼道有燃气味", "place": "东风路",
		"level": "general", "lead": "县住建局", "reported_at": "2026-08-31T08:40:00+08:00",
	})
	y.until("2026-09-01 10:00")
	y.do("钱值班", 13, "regrade", map[string]any{"to": "major", "kind": "development", "happened_at": "2026-09-01T09:30:00+08:00", "reason": "一户闪燃，1人受伤"})
	y.do("郑主任", 13, "regrade", map[string]any{"to": "general", "kind": "correction", "reason": "经核实为厨房油烟起火，与燃气无关"})
	y.until("2026-09-02 17:00")
	y.do("王副局长", 13, "conclude", map[string]any{"kind": "resolved", "result": "管道复检无泄漏，已告知住户"})
	y.do("王经办", 13, "feedback", map[string]any{"address": "工单20260831004已答复"})

	y.fulfil("王经办", "D2", "zjj", "https://www.example.gov.cn/jd/3", true)
	y.look("evaluation", "郑主任", "/evaluation/2026-07", onDesk, "城关镇", "按期办结率")
	y.look("register", "冯值班", "/register", onDesk, "来源")
	y.chapter("九月：请假、停机两天", "请假的人由代班的人收消息、办事。机器停了两天，开机后补上：每人每个时限只收一条，写明错过了哪几级。")
	y.until("2026-09-07 09:00")
	y.says("赵经办", "请假 今天到9月11日 赵科长代", "1")
	y.register("钱值班", map[string]any{
		"source": "12345热线", "external_id": "20260907001", "title": "城东超市卖过期牛奶", "text": "城东超市卖过期牛奶，要求处理", "place": "城东超市",
		"level": "general", "lead": "县市场监管局", "reported_at": "2026-09-07T08:50:00+08:00",
	})
	y.says("赵科长", "我的")
	y.until("2026-09-08 18:00")
	y.off("2026-09-10 18:00")
	y.until("2026-09-11 09:00")
	y.says("赵科长", "签收14号")
	y.do("赵副局长", 14, "conclude", map[string]any{"kind": "resolved", "result": "过期商品下架，罚款并退赔"})
	y.do("赵科长", 14, "feedback", map[string]any{"address": "工单20260907001已答复"})

	y.until("2026-09-28 10:00")
	y.fulfil("马经办", "D3", "fuban", "https://www.example.gov.cn/gazette/2026-3", false)
	y.fulfil("王经办", "D2", "zjj", "https://www.example.gov.cn/jd/4", false)
	y.chapter("十月：国庆假期，一件作废", "登记错了的由主任作废，理由和记录都留着，不计入考核。")
	y.until("2026-10-02 22:30")
	y.register("冯值班", map[string]any{
		"source": "12345热线", "external_id": "20261002009", "title": "外县路灯", "text": "邻县某路路灯不亮", "level": "general", "reported_at": "2026-10-02T22:00:00+08:00",
	})
	y.do("郑主任", 15, "void", map[string]any{"reason": "不属本县，已转邻县热线"})
	y.until("2026-10-08 09:00")
	y.register("钱值班", map[string]any{
		"source": "县长信箱", "external_id": "XX20261008", "title": "公交末班车太早", "text": "建议延长3路公交末班车时间", "level": "general", "lead": "县交通运输局", "reported_at": "2026-10-08T08:30:00+08:00",
	})
	y.says("杨经办", "签收16号", "延期16号 2天 须商公交公司")
	y.says("郑主任", "不予延期16号 可先说明原因办结")
	y.until("2026-10-10 16:00")
	y.do("杨副局长", 16, "conclude", map[string]any{"kind": "explained", "result": "客流不足，拟随新线路一并调整", "basis": "《示例县公共交通规划》"})
	y.do("杨经办", 16, "feedback", map[string]any{"address": "信箱XX20261008已答复"})
}

func november(y *year) {
	y.chapter("十一月：认定漏报", "漏报、瞒报、谎报由人认定，规则从不认定；单位可以申诉。")
	y.until("2026-11-04 10:00")
	y.register("钱值班", map[string]any{
		"source": "舆情监测", "title": "城南小学围墙开裂", "text": "监测发现家长群反映城南小学围墙开裂，学校两天前已知情", "place": "城南小学", "level": "general",
		"lead": "县教育局", "found_at": "2026-11-04T09:30:00+08:00",
	})
	y.says("张经办", "签收17号")
	y.says("郑主任", "认定漏报17号", "县教育局", "11月2日10时", "已接到家长电话，没有报告", "学校接访登记本", "县舆情监测值班", "1")
	y.until("2026-11-05 16:00")
	y.says("张经办", "拟稿17号", "关于城南小学围墙开裂的回应", "经查，围墙一段开裂。已设置围挡、学生改走东门，依据《中小学校岗位安全工作指南》组织加固，11月20日前完工。联系电话：0797-12345。")
	y.submitted(17, "张经办")
	y.reviewed(17, "张科长", "张副局长", "张局长")
	y.says("张经办", "回应17号 https://www.example.gov.cn/reply/17")
	y.do("张副局长", 17, "conclude", map[string]any{"kind": "resolved", "result": "已围挡并开始加固"})
}

func appeal(y *year) {
	y.chapter("十二月：申诉", "印发后5个工作日内，单位可以对每一条扣分申诉；申诉成立的，修订版里剔除，原来印发的保持不变。")
	y.until("2026-12-08 10:00")
	y.post("张局长", "/reports/evaluation/2026-11/appeals", map[string]any{"figure": "omitted", "incident": 17, "milestone": 1, "text": "家长11月2日来电反映的是门卫态度，没有提到围墙，有通话记录"}).wants(201)
	y.decides("郑主任", report.RulingAppeal, "jyj", false, "维持认定", 403)
	y.decides("沈副县长", report.RulingAppeal, "jyj", true, "已核对通话记录，申诉成立", 200)
	y.post("郑主任", "/reports/evaluation/2026-11/issue", map[string]any{"again": true}).wants(200)
	y.do("郑主任", 17, "revoke_finding", map[string]any{"reason": "申诉成立，11月2日来电与围墙无关"})
}

func yearEnd(y *year) {
	y.chapter("十二月：年底", "全年的任务到期；次年放假安排还没公布时，跨年的时限会注明。")
	y.until("2026-12-10 09:00")
	y.fulfil("马经办", "D7", "fuban", "示例政公开〔2026〕8号", false)
	y.fulfil("王经办", "D2", "zjj", "https://www.example.gov.cn/jd/5", true)
	y.fulfil("王经办", "D2", "zjj", "https://www.example.gov.cn/jd/6", false)
	y.until("2026-12-28 09:00")
	y.fulfil("马经办", "D3", "fuban", "https://www.example.gov.cn/gazette/2026-4", false)
	y.until("2026-12-30 10:00")
	y.register("钱值班", map[string]any{
		"source": "12345热线", "external_id": "20261230001", "title": "元旦花灯断电", "text": "人民广场花灯断电", "place": "人民广场", "level": "general", "lead": "县城管局", "reported_at": "2026-12-30T09:40:00+08:00",
	})
	y.says("何经办", "签收18号", "查18号")
	y.until("2026-12-31 17:00")
	y.do("何副局长", 18, "conclude", map[string]any{"kind": "resolved", "result": "线路已修复"})
	y.do("何经办", 18, "feedback", map[string]any{"address": "工单20261230001已答复"})
	y.until("2027-01-18 10:00")
	y.post("郑主任", "/reports/year/2026/entries", map[string]any{"unit": "城关镇", "points": 2, "text": "征地补偿台账未按复盘要求公示"}).wants(201)
	y.until("2027-01-21 09:00")
	y.says("郑主任", "任务")
	y.look("year", "郑主任", "/year/2026", onDesk, "城关镇")
}
