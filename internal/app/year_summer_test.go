package app

import "fmt"

func march(y *year) {
	y.chapter("三月：退回、改派、指定承办", "退回要有理由，时限照走；再退就由县政府办主任指定，指定了不能再退。")
	y.until("2026-03-09 09:00")
	y.register("钱值班", map[string]any{
		"source": "12345热线", "external_id": "20260309002", "title": "河东乡中心路旁山坡掉土", "text": "河东乡中心路旁山坡雨后掉土块，过往行人担心安全", "place": "河东乡中心路",
		"reported_at": "2026-03-09T08:40:00+08:00", "lead": "县交通运输局",
	})
	y.says("杨副局长", "退回6号 该路段不属公路管养范围，建议自然资源局")
	y.says("钱值班", "6号转给自然资源局", "1")
	y.says("李副局长", "退回6号 属乡道边坡，建议河东乡")
	y.says("郑主任", "指定承办6号 县自然资源局 地质灾害隐患由自然资源部门牵头", "1")
	y.post("李副局长", "/incidents/6/return", map[string]any{"reason": "仍认为不属本局职责"}).wants(409)
	y.says("李经办", "签收6号")
	y.until("2026-03-11 17:00")
	y.says("李副局长", "办结6号", "1", "已清理浮土、设置警示和临时挡墙", "1")
	y.do("李经办", 6, "feedback", map[string]any{"address": "工单20260309002已答复", "to": "platform"})

	y.chapter("三月：政策解读、公报、转载", "按文件开的任务由单位登记；解读了的一次算两处：这份文件的5日，和全年6次。")
	y.until("2026-03-11 17:30")
	y.says("王经办", "登记任务 政策解读 《示例县农村危房改造办法》", "1")
	y.says("罗经办", "登记任务 转载上级重要政策 国办发〔2026〕9号", "1")
	y.until("2026-03-12 09:00")
	y.says("罗经办", "履行任务10 https://www.example.gov.cn/policy/9")
	y.says("王经办", "履行任务9 https://www.example.gov.cn/jd/1")
	y.fulfil("王经办", "D2", "zjj", "https://www.example.gov.cn/jd/1", true)
	y.chapter("三月：不满意，二次办理", "回访不满意的重办，另起一个时限；第一次的结果照样留着、照样计入。")
	y.until("2026-03-12 10:00")
	y.says("钱值班", "回访6号 不满意", "重办6号 群众反映挡墙已歪", "1")
	y.until("2026-03-13 16:00")
	y.says("李副局长", "办结6号", "1", "已改为浆砌片石挡墙", "1")
	y.do("李经办", 6, "feedback", map[string]any{"address": "工单20260309002二次答复", "to": "platform"})
	y.says("钱值班", "回访6号 满意")
}

func emergency(y *year) {
	y.chapter("三月：公报和本级年报", "县政府办自己的任务也一样催。")
	y.until("2026-03-30 10:00")
	y.says("马经办", "任务")
	y.fulfil("马经办", "D4-county", "fuban", "https://www.example.gov.cn/report/2025", false)
	y.fulfil("马经办", "D3", "fuban", "https://www.example.gov.cn/gazette/2026-1", false)
	y.fulfil("王经办", "D2", "zjj", "https://www.example.gov.cn/jd/2", false)
	y.chapter("四月：一起突发事件", "重大突发：各级同时知道；首报、三审（同时送三个人）、会签、3小时发布、24小时新闻发布会、持续发布、终报。")
	y.until("2026-04-08 14:05")
	y.says("钱值班", "网友在抖音发视频，河东乡一化工仓库爆炸起火，有15人被困，浓烟很大", "单位改为应急局", "1")
	const id = 7
	y.do("郑主任", id, "dispatch", map[string]any{"lead": "县应急管理局", "assisting": []string{"河东乡", "县卫健局"}, "requirements": "按预案处置，首报1小时内"})
	y.says("黄经办", "签收7号", "首报7号", "14时许河东乡一化工仓库爆炸起火，15人被困，已出动消防车8台；伤亡待核实。")
	y.post("陈经办", "/incidents/7/accept", nil).wants(403)
	y.says("孙经办", "签收7号")
	y.until("2026-04-08 14:12")
	y.says("郑主任", "知悉7号")
	y.do("黄局长", id, "assign", map[string]any{"unit": "县卫健局", "text": "报伤员收治情况"})
	y.until("2026-04-08 14:40")
	y.do("郑主任", id, "consult", map[string]any{
		"participants": "县应急管理局、河东乡、县卫健局、县委宣传部、县公安局", "facts": "15人被困，救援进行中；伤亡待核实", "wording": "原因正在调查，不作推测；伤员人数以县卫健局为准",
		"division": []map[string]any{{"unit": "河东乡", "text": "疏散周边500米群众并安置", "due_at": "2026-04-08T10:00:00Z"}},
	})
	y.until("2026-04-08 15:10")
	y.do("孙副乡长", id, "opinion", map[string]any{"text": "周边群众已疏散安置"})
	y.do("刘经办", id, "opinion", map[string]any{"text": "收治伤员4人，均为轻伤，15人已全部救出。"})
	y.do("黄经办", id, "draft", map[string]any{
		"title": "关于河东乡化工仓库火灾的情况通报", "county": true,
		"text": "4月8日14时许，河东乡一化工仓库发生火灾。15人已全部救出，6人受轻伤送医。明火已扑灭，周边群众请暂时关闭门窗。依据《突发事件应对法》，原因正在调查，18时再次发布。咨询电话：0797-12345。",
	})
	y.do("黄经办", id, "submit", map[string]any{"draft": 1, "hash": y.hash(id, 1), "secrecy": true, "privacy": true})
	y.look("review-phone", "黄局长", "/incidents/7", onPhone, "受伤人数与协办意见不一致")
	y.says("黄局长", "审核7号", "2", "伤员数与卫健局报的4人不一致，核实后改")
	y.do("黄经办", id, "draft", map[string]any{
		"draft": 1, "title": "关于河东乡化工仓库火灾的情况通报", "county": true,
		"text": "4月8日14时许，河东乡一化工仓库发生火灾。15人已全部救出，4人受轻伤送医。明火已扑灭，周边群众请暂时关闭门窗。依据《突发事件应对法》，原因正在调查，18时再次发布。咨询电话：0797-12345。",
	})
	y.do("黄经办", id, "submit", map[string]any{"draft": 1, "hash": y.hash(id, 1), "secrecy": true, "privacy": true})
	y.post("黄局长", "/incidents/7/release", map[string]any{"address": "https://www.example.gov.cn/notice/7"}).wants(409)
	y.approved(id, 1, "黄科长", "黄局长", "郑主任")
	for _, who := range []string{"刘副局长", "孙副乡长"} {
		y.do(who, id, "countersign", map[string]any{"draft": 1, "hash": y.hash(id, 1), "agree": true})
	}
	y.do("郑主任", id, "release", map[string]any{
		"draft": 1, "address": "https://www.example.gov.cn/notice/7", "channel": "县政府网站", "speaker": "沈副县长", "head_spoke": true,
	})
	y.until("2026-04-08 18:00")
	y.do("黄经办", id, "first_report", map[string]any{"text": "续报一：明火16时扑灭，伤员4人情况稳定，原因调查中。"})
	y.look("room", "郑主任", "/incidents/7/room", onDesk, "新闻发布会", "下一次发布", "自4月8日14:15起共")
	y.until("2026-04-09 10:00")
	y.says("黄局长", "发布会7号", "县融媒体中心", "沈副县长")
	y.until("2026-04-09 15:00")
	y.says("黄经办", "起草初稿7号")
	y.do("黄经办", id, "draft", map[string]any{
		"draft": 2, "title": "关于河东乡化工仓库火灾的第二次通报",
		"text": "4月9日，4名轻伤人员已有2人出院。环境监测各项指标正常，周边群众恢复正常生活。依据《突发事件应对法》，事故调查组已成立，4月10日15时再次发布。咨询电话：0797-12345。",
	})
	y.do("黄经办", id, "submit", map[string]any{"draft": 2, "hash": y.hash(id, 2), "secrecy": true, "privacy": true})
	y.approved(id, 2, "黄科长", "黄副局长", "黄局长")
	for _, who := range []string{"刘副局长", "孙副乡长"} {
		y.do(who, id, "countersign", map[string]any{"draft": 2, "hash": y.hash(id, 2), "agree": true})
	}
	y.do("黄局长", id, "release", map[string]any{"draft": 2, "address": "https://www.example.gov.cn/notice/7-2", "channel": "县政府网站"})
	y.until("2026-04-10 09:00")
	y.do("黄局长", id, "plan", map[string]any{"promised_at": "2026-04-20T16:00:00Z", "text": "4月20日前公布事故调查结论并完成仓库整改"})
	y.until("2026-04-10 14:00")
	y.do("黄经办", id, "first_report", map[string]any{"text": "终报：起因为违规动火；15人救出，4人轻伤；企业停业整改，责任人依法处理；教训：动火审批流于形式。", "final": true})
	y.do("黄局长", id, "conclude", map[string]any{"kind": "resolved", "result": "事故原因查明，企业停业整改，责任人依法处理", "address": "https://www.example.gov.cn/notice/7-3"})
	y.until("2026-04-20 10:00")
	y.do("黄局长", id, "after_action", map[string]any{
		"happened": "化工仓库违规动火引发爆炸起火，15人被困，4人轻伤", "well": "1小时5分钟发布权威信息，三审同时进行",
		"ill": "县卫健局1小时5分钟才签收", "causes": "节假日值班电话没有转接到手机", "took_part": "县应急管理局、河东乡、县卫健局",
		"measures": []map[string]any{{"unit": "县卫健局", "text": "值班电话转接演练", "due_at": "2026-05-20T16:00:00Z"}},
	})
}

func hotIssue(y *year) {
	y.chapter("五月：同一件事来了三次", "几处渠道说同一件事，值班员看过再并案；并错了的拆出来，各自的时限都还在。")
	y.until("2026-05-11 08:30")
	for i, r := range []struct{ source, text string }{
		{"12345热线", "城东菜市场夜里施工噪音大，住户凌晨两点还睡不着"},
		{"本地论坛", "城东菜市场半夜还在施工，噪音扰民，凌晨两点没法睡"},
		{"县长信箱", "城东菜市场门口占道经营，车辆无法通行"},
	} {
		y.register("钱值班", map[string]any{
			"source": r.source, "external_id": fmt.Sprintf("M%d", i), "text": r.text, "place": "城东菜市场", "lead": "县城管局", "level": "general",
			"reported_at": "2026-05-11T08:20:00+08:00",
		})
	}
	y.look("board", "钱值班", "/", onDesk, "城东菜市场")
	y.says("钱值班", "并案9号 到8号 同一处夜间施工", "1")
	y.says("钱值班", "并案10号 到8号 同一市场", "1")
	y.until("2026-05-11 10:00")
	y.says("郑主任", "拆案10号 占道经营是另一件事", "1")
	y.do("何经办", 8, "accept", nil)
	y.do("何经办", 10, "accept", nil)
	y.says("钱值班", "市场监测转来：城东菜市场施工夜间扰民有人打架", "取消")
	y.until("2026-05-13 15:00")
	y.do("何副局长", 8, "conclude", map[string]any{"kind": "explained", "result": "夜间施工已取得许可，限22时前完工", "basis": "《噪声污染防治法》第四十三条", "address": "https://www.example.gov.cn/reply/8"})
	y.do("何副局长", 10, "conclude", map[string]any{"kind": "resolved", "result": "占道摊位已清理"})
	y.do("何经办", 8, "feedback", map[string]any{"address": "工单M0、论坛帖均已答复"})
	y.do("何经办", 10, "feedback", map[string]any{"address": "信箱M2已答复"})
}

func handedDown(y *year) {
	y.chapter("五月：一件依申请公开", "20个工作日；经批准可以延长20个工作日，只能一次。")
	y.until("2026-05-18 09:00")
	y.says("钱值班", "登记任务 D9 2026-031 住建局 今天", "1")
	y.until("2026-05-20 09:00")
	y.says("王经办", "延期任务14 20天 需征求第三方意见")
	y.says("郑主任", "同意延期任务14")
	y.chapter("六月：上级交办", "交办件带着自己的期限，与本县时限比，早的为准；办结后要向上级反馈文号。")
	y.until("2026-06-08 10:00")
	y.register("钱值班", map[string]any{
		"source": "上级交办", "external_id": "市督〔2026〕31号", "title": "黄陂河水质变黑", "text": "市政府办交办：黄陂河下游水质变黑，请核查并于6月11日前报结果", "place": "黄陂河",
		"level": "major", "lead": "县生态环境分局", "assisting": []string{"县水利局"}, "reported_at": "2026-06-08T09:30:00+08:00",
		"handed_limits": []map[string]any{{"kind": "plan", "limit": "2026-06-11T16:00:00Z", "by": "市政府办"}},
	})
	const id = 11
	y.says("吴经办", "签收11号", "首报11号", "黄陂河下游河水发黑约2公里，未见死鱼，已派员采样；原因待核实。")
	y.says("梁经办", "签收11号")
	y.until("2026-06-10 16:00")
	y.says("吴局长", "方案11号 7月15日 沿河三家洗砂场停产整治，7月15日前完成清淤")
	y.until("2026-06-26 09:00")
	y.fulfil("马经办", "D3", "fuban", "https://www.example.gov.cn/gazette/2026-2", false)
	y.fulfil("王经办", "D9", "zjj", "建依申〔2026〕31号", false)
	y.until("2026-07-08 10:00")
	y.do("梁经办", id, "opinion", map[string]any{"text": "上游闸坝已加大下泄流量"})
	y.until("2026-07-10 09:00")
	y.do("吴局长", id, "conclude", map[string]any{"kind": "resolved", "result": "清淤完成，水质恢复Ⅲ类"})
	y.says("吴经办", "反馈11号 示例府办函〔2026〕58号已报市政府办")
	y.until("2026-07-12 10:00")
	y.says("吴局长", "复盘11号", "上游洗砂场偷排，河水发黑约2公里", "当天截污并公布监测结果", "日常巡查没有发现偷排", "夜间巡查空白", "县生态环境分局：建立夜间巡查，8月31日前", "县生态环境分局、县水利局")
}
