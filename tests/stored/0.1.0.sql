BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0007');
CREATE TABLE audit (
	id INTEGER NOT NULL, 
	at BIGINT NOT NULL, 
	run_id VARCHAR, 
	gate_id VARCHAR, 
	actor VARCHAR NOT NULL, 
	via VARCHAR NOT NULL, 
	action VARCHAR NOT NULL, 
	outcome VARCHAR NOT NULL, 
	detail TEXT, 
	PRIMARY KEY (id)
);
INSERT INTO "audit" VALUES(1,1772452800930114,'01kjq6ptd01bxjvh5zzhgekzv7',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(2,1772453106318516,'01kjq704m3pdn7tmedwgsbnvqd',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(3,1772453106391150,'01kjq704pqw5f6qrcz56kc0epg',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(4,1772453106411923,'01kjq704qbe6ekmdt9n80khyka',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(5,1772453106432724,'01kjq704r023xcpnz51r5bb5k9',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(6,1772453196662754,'01kjq704qbe6ekmdt9n80khyka',NULL,'token:shop','api','deliver','resolved','{"name":"go","kind":"yes"}');
INSERT INTO "audit" VALUES(7,1772453197641177,'01kjq704pqw5f6qrcz56kc0epg',NULL,'token:shop','api','deliver','resolved','{"name":"go","kind":"yes"}');
INSERT INTO "audit" VALUES(8,1772453197667311,'01kjq704m3pdn7tmedwgsbnvqd',NULL,'token:shop','api','deliver','resolved','{"name":"go","kind":"yes"}');
INSERT INTO "audit" VALUES(9,1772453197691308,'01kjq72xvv24bhp55a6cbcbfxc',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(10,1772453197727422,'01kjq72xwz97qp94r3tg45gd3f',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(11,1772453201641049,'01kjq731q82qw4zyxjy1dp2t2x',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(12,1772453201643210,'01kjq731qb5k6n3mq4bwbt44y8',NULL,'job:01kjq731q82qw4zyxjy1dp2t2x','job','start','done',NULL);
INSERT INTO "audit" VALUES(13,1772453201670003,'01kjq731r5gwbk45j94rsd020z',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(14,1772453201684975,'01kjq731r5gwbk45j94rsd020z',NULL,'slack:T0HARBOR:UANA','slack','cancel','asked',NULL);
INSERT INTO "audit" VALUES(15,1772453201717866,'01kjq731sn3mvg4f3r0n5xxhms',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(16,1772453201739652,'01kjq731sn3mvg4f3r0n5xxhms','5dd9e9832176e49656e8c70a085bfb3d','slack:T0HARBOR:U00000CAM','slack','decide','approved','{"choice":"approved","note":"","name":"cam","team":"T0HARBOR","guest":false,"groups":[],"digest":"1d3d89e32b3d38c8c75e0294c27d1b4fbdcd56f1e336aca47b44052284a2573a"}');
INSERT INTO "audit" VALUES(17,1772453201759940,'01kjq731tz6e7g68nwjrta9wxf',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(18,1772453201808330,'01kjq731tz6e7g68nwjrta9wxf','28892fad53278fc4e065bfce7151cab1','slack:T0HARBOR:U00000CAM','slack-modal','decide','rejected','{"choice":"rejected","note":"Not now","name":"cam","team":"T0HARBOR","guest":false,"groups":[],"digest":"9628cb37f2f90eb76a0e90f0f0f394f836b15e8feec1828d1c973dcfd498d6fc"}');
INSERT INTO "audit" VALUES(19,1772453205648339,'01kjq735mf2dm1fd9cemrds1n5',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(20,1772453205680311,'01kjq735ng7ak35bfq7wrsyqsx',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(21,1772453205706407,'01kjq735parz7310ncgwbvx6nt',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(22,1772453205728118,'01kjq735pzx47n7z0h5x6za6br',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(23,1772453205754971,'01kjq735qte91d89en354w208a',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(24,1772453205803487,'01kjq735sbaw9g8vczyx6yn90f',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(25,1772453206017931,'01kjq735zzypd1d8bdwwdgsvm6',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(26,1772453206038482,'01kjq7360pt1fqktbfb08kc5dw',NULL,'job:01kjq735zzypd1d8bdwwdgsvm6','job','start','done',NULL);
INSERT INTO "audit" VALUES(27,1772453206055589,'01kjq73616vxsep7rfv7wmwpyb',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(28,1772453206066440,'01kjq7361jd3m1mky3326xbrts',NULL,'job:01kjq73616vxsep7rfv7wmwpyb','job','start','done',NULL);
INSERT INTO "audit" VALUES(29,1772453206094895,'01kjq7362ctfa0qw0pdrk2c16v',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(30,1772453206134460,'01kjq7363ngky8d345drnt5m7n',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(31,1772453206173878,'01kjq7363ngky8d345drnt5m7n',NULL,'token:shop','api','deliver','buffered','{"name":"second","kind":"yes"}');
INSERT INTO "audit" VALUES(32,1772453206186468,'01kjq7363ngky8d345drnt5m7n',NULL,'token:shop','api','deliver','buffered','{"name":"second","kind":"maybe"}');
INSERT INTO "audit" VALUES(33,1772453206194835,'01kjq7363ngky8d345drnt5m7n',NULL,'token:shop','api','deliver','buffered','{"name":"second","kind":"no"}');
INSERT INTO "audit" VALUES(34,1772453206205788,'01kjq7365x8jtgk5w48gd2ax4d',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(35,1772453206227393,'01kjq7365x8jtgk5w48gd2ax4d',NULL,'slack:T0HARBOR:UANA','slack','cancel','asked',NULL);
INSERT INTO "audit" VALUES(36,1772453206261015,'01kjq7367mddre6sgp0a4jv81r',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(37,1772453206274445,'01kjq73682q1mwf0vnqtx0b0sm',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(38,1772453210097761,'01kjq73682q1mwf0vnqtx0b0sm','3f9db967dd3714ab60ccb29a94eb36f1','slack:T0HARBOR:U00000CAM','slack','decide','approved','{"choice":"approved","note":"","name":"cam","team":"T0HARBOR","guest":false,"groups":[],"digest":"0012e3c284fe521f952f560333d1f468fccf31dc73f1e66f8aa8fb837ab28d4f"}');
INSERT INTO "audit" VALUES(39,1772453210123613,'01kjq73a0bkeca5606zp4w3x7s',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(40,1772453210136911,'01kjq73a0r34hj8df1breq04r1',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(41,1772453210259538,'01kjq73a4khryqenvfvteyq7hr',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(42,1772453210274422,'01kjq73a523frvzw6d1db09ybd',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(43,1772453214079065,'01kjq73dvy7y84g92q149npmrz',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(44,1772453214134439,'01kjq73dxnx9bs7j81jk9kfw1h',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(45,1772453214146794,'01kjq73dy2vsyv77my6dnnvy61',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(46,1772453214261916,'01kjq73dy2vsyv77my6dnnvy61','5989b0644ab13109640c5ec59102ceb9','slack:T0HARBOR:U00000CAM','slack','decide','counted','{"choice":"approved","note":"","name":"cam","team":"T0HARBOR","guest":false,"groups":[],"digest":"b07990a56d1879dcf8cfd86371691e86c62b8a21ce2cf3d2986123ce52783d3b"}');
INSERT INTO "audit" VALUES(47,1772453214292309,'01kjq73e2gfp37q8k1tymf4tmm',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(48,1772453214330934,'01kjq73e2gfp37q8k1tymf4tmm','cbbb0b362965620366308431f6107922','slack:T0HARBOR:U00000CAM','slack','decide','counted','{"choice":"approved","note":"","name":"cam","team":"T0HARBOR","guest":false,"groups":[],"digest":"38908a400f8b11a0d10da4f54042ba8e8f9bf36eeffa3e4339d847b6bba4f177"}');
INSERT INTO "audit" VALUES(49,1772453214351310,'01kjq73e4f2nem1db558n1jkq0',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(50,1772453218094345,'01kjq73e4f2nem1db558n1jkq0','a35d57da523b627192830d47abf18a07','slack:T0HARBOR:U00000CAM','slack','decide','approved','{"choice":"approved","note":"","name":"cam","team":"T0HARBOR","guest":false,"groups":[],"digest":"5a967061800f93e47b906df1ec449b5b2a17315df1d6795fa31a10b5174fa258"}');
INSERT INTO "audit" VALUES(51,1772453218153256,'01kjq73hv9rhxvmctc890pbt0v',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(52,1772453218313086,'01kjq73j08h87t75hegp4xwg37',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(53,1772453218357085,'01kjq73j1mvh1bfzjprd9ze674',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(54,1772453218412443,'01kjq73j3c4zgymevtnsf9s0xg',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(55,1772453218629823,'01kjq73ja5skrac71mvmk1kex1',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(56,1772453218647170,'01kjq73jaqxsz3efafv73y7zw7',NULL,'slack:T0HARBOR:U000000BO','api','start','done',NULL);
INSERT INTO "audit" VALUES(57,1772453222123725,'01kjq73nqb456tkjxjtdxrakjv',NULL,'token:shop','api','start','done',NULL);
CREATE TABLE cards (
	gate_id VARCHAR NOT NULL, 
	asked_in VARCHAR NOT NULL, 
	channel VARCHAR, 
	message_ts VARCHAR, 
	want_version INTEGER NOT NULL, 
	sent_version INTEGER NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	next_at BIGINT NOT NULL, 
	attempts INTEGER NOT NULL, 
	last_error VARCHAR, 
	PRIMARY KEY (gate_id, asked_in), 
	FOREIGN KEY(gate_id) REFERENCES gates (id) ON DELETE CASCADE
);
INSERT INTO "cards" VALUES('a77b37158be3b87265ff85910e8db4b5','#approvals','C0APPROVALS','1772453106.452868',3,3,'sent',1772453196519540,0,NULL);
INSERT INTO "cards" VALUES('49ecec9bc8d73a30f12959aa5c19ef3e','#approvals','C0APPROVALS','1772453201.677415',3,3,'sent',1772453201716678,0,NULL);
INSERT INTO "cards" VALUES('5dd9e9832176e49656e8c70a085bfb3d','#approvals','C0APPROVALS','1772453201.725239',3,3,'sent',1772453201755821,0,NULL);
INSERT INTO "cards" VALUES('28892fad53278fc4e065bfce7151cab1','#approvals','C0APPROVALS','1772453201.783186',3,3,'sent',1772453201850012,0,NULL);
INSERT INTO "cards" VALUES('e2c453d6d6f1c5c60d52c79906596c86','#approvals','C0APPROVALS','1772453206.073585',1,1,'sent',1772453206083013,0,NULL);
INSERT INTO "cards" VALUES('842a1bb98a87379df8fde69154965b3f','#approvals','C0APPROVALS','1772453206.121740',1,1,'sent',1772453206128032,0,NULL);
INSERT INTO "cards" VALUES('5f7b08e86fe8e53eb712d134d1db1698','#approvals','C0APPROVALS','1772453206.252548',1,1,'sent',1772453206254432,0,NULL);
INSERT INTO "cards" VALUES('396d6bf3d63ee7d0c3230392173f5748','#approvals','C0APPROVALS','1772453206.270800',1,1,'sent',1772453206272442,0,NULL);
INSERT INTO "cards" VALUES('3f9db967dd3714ab60ccb29a94eb36f1','#approvals','C0APPROVALS','1772453210.076174',2,2,'sent',1772453210119035,0,NULL);
INSERT INTO "cards" VALUES('b2683f5b72b4ab40b27118fe82f3249d','#approvals','C0APPROVALS','1772453210.130598',1,1,'sent',1772453210131576,0,NULL);
INSERT INTO "cards" VALUES('8f1ed21bb665fe944d6d15d25106ba9f','#approvals','C0APPROVALS','1772453210.253793',1,1,'sent',1772453210256464,0,NULL);
INSERT INTO "cards" VALUES('639f61877c79e4e89e541f926cfe5074','#approvals','C0APPROVALS','1772453210.271853',1,1,'sent',1772453210273649,0,NULL);
INSERT INTO "cards" VALUES('60c1b4e5a9667b9434dd734c8a10cb69','#approvals','C0APPROVALS','1772453214.073935',1,1,'sent',1772453214075014,0,NULL);
INSERT INTO "cards" VALUES('023991d118928174d352394482413dfa','#approvals','C0APPROVALS','1772453214.131000',1,1,'sent',1772453214131944,0,NULL);
INSERT INTO "cards" VALUES('7a08c3d4704f943d716382639476ce00','#ops','C00000OPS','1772453214.142162',1,1,'sent',1772453214144172,0,NULL);
INSERT INTO "cards" VALUES('5989b0644ab13109640c5ec59102ceb9','#approvals','C0APPROVALS','1772453214.252976',2,2,'sent',1772453214286403,0,NULL);
INSERT INTO "cards" VALUES('cbbb0b362965620366308431f6107922','#approvals','C0APPROVALS','1772453214.323920',2,2,'sent',1772453214347783,0,NULL);
INSERT INTO "cards" VALUES('a35d57da523b627192830d47abf18a07','#approvals','C0APPROVALS','1772453218.074577',2,2,'sent',1772453218114038,0,NULL);
INSERT INTO "cards" VALUES('4ed03c4f4ba5cbaea6a32871701486d0','#approvals','C0APPROVALS','1772453218.139416',1,1,'sent',1772453218146545,0,NULL);
INSERT INTO "cards" VALUES('4621ef7f130f866eb8cf6973c011d553','#approvals','C0APPROVALS','1772453218.252866',1,1,'sent',1772453218253991,0,NULL);
INSERT INTO "cards" VALUES('954d0f9d2fddb91c1b32b6afa4814cfe','#approvals',NULL,NULL,1,0,'uncertain',1772456820640065,2,'ratelimited');
INSERT INTO "cards" VALUES('29ac2b609feb12b87ec1601643553e3e','#approvals',NULL,NULL,1,0,'pending',1772456822074499,1,'ratelimited');
CREATE TABLE drafts (
	id VARCHAR NOT NULL, 
	person VARCHAR NOT NULL, 
	job VARCHAR NOT NULL, 
	page INTEGER NOT NULL, 
	arguments TEXT NOT NULL, 
	begun_at BIGINT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "drafts" VALUES('3a1238391f508fe4c5f0958a75fcc13b','slack:T0HARBOR:U00000CAM','form',1,'{"a":"x","b":"x","c":"x","d":"x","e":"x","f":"x"}',1772453218282116);
CREATE TABLE events (
	id INTEGER NOT NULL, 
	run_id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	payload TEXT NOT NULL, 
	scope VARCHAR NOT NULL, 
	"key" VARCHAR NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	disposition VARCHAR NOT NULL, 
	wait_nth INTEGER, 
	actor VARCHAR NOT NULL, 
	via VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(run_id) REFERENCES runs (id) ON DELETE CASCADE, 
	UNIQUE (run_id, scope, "key")
);
INSERT INTO "events" VALUES(1,'01kjq704qbe6ekmdt9n80khyka','go','yes','{"kind":"yes"}','token:shop','go','consumed','resolved',1,'token:shop','api',1772453196662754);
INSERT INTO "events" VALUES(2,'01kjq704pqw5f6qrcz56kc0epg','go','yes','{"kind":"yes"}','token:shop','go','consumed','resolved',1,'token:shop','api',1772453197641177);
INSERT INTO "events" VALUES(3,'01kjq704m3pdn7tmedwgsbnvqd','go','yes','{"kind":"yes"}','token:shop','go','consumed','resolved',1,'token:shop','api',1772453197667311);
INSERT INTO "events" VALUES(4,'01kjq731sn3mvg4f3r0n5xxhms','decision','approved','{"note":null,"votes":[{"person":"slack:T0HARBOR:U00000CAM","choice":"approved","note":null,"via":"slack","at":"2026-03-02T12:06:41.739652+00:00"}]}','gate','5dd9e9832176e49656e8c70a085bfb3d','consumed','resolved',1,'slack:T0HARBOR:U00000CAM','slack',1772453201739652);
INSERT INTO "events" VALUES(5,'01kjq731tz6e7g68nwjrta9wxf','decision','rejected','{"note":"Not now","votes":[{"person":"slack:T0HARBOR:U00000CAM","choice":"rejected","note":"Not now","via":"slack-modal","at":"2026-03-02T12:06:41.808330+00:00"}]}','gate','28892fad53278fc4e065bfce7151cab1','consumed','resolved',1,'slack:T0HARBOR:U00000CAM','slack-modal',1772453201808330);
INSERT INTO "events" VALUES(6,'01kjq7363ngky8d345drnt5m7n','second','yes','{"kind":"yes","n":0}','token:shop','early-0','buffered','buffered',NULL,'token:shop','api',1772453206173878);
INSERT INTO "events" VALUES(7,'01kjq7363ngky8d345drnt5m7n','second','maybe','{"kind":"maybe","n":1}','token:shop','early-1','buffered','buffered',NULL,'token:shop','api',1772453206186468);
INSERT INTO "events" VALUES(8,'01kjq7363ngky8d345drnt5m7n','second','no','{"kind":"no","n":2}','token:shop','early-2','buffered','buffered',NULL,'token:shop','api',1772453206194835);
INSERT INTO "events" VALUES(9,'01kjq73682q1mwf0vnqtx0b0sm','fan#1[0]/inner','approved','{"note":null,"votes":[{"person":"slack:T0HARBOR:U00000CAM","choice":"approved","note":null,"via":"slack","at":"2026-03-02T12:06:50.097761+00:00"}]}','gate','3f9db967dd3714ab60ccb29a94eb36f1','consumed','resolved',1,'slack:T0HARBOR:U00000CAM','slack',1772453210097761);
INSERT INTO "events" VALUES(10,'01kjq73e4f2nem1db558n1jkq0','again','approved','{"note":null,"votes":[{"person":"slack:T0HARBOR:U00000CAM","choice":"approved","note":null,"via":"slack","at":"2026-03-02T12:06:58.094345+00:00"}]}','gate','a35d57da523b627192830d47abf18a07','consumed','resolved',1,'slack:T0HARBOR:U00000CAM','slack',1772453218094345);
CREATE TABLE gates (
	id VARCHAR NOT NULL, 
	run_id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	nth INTEGER NOT NULL, 
	card TEXT NOT NULL, 
	policy TEXT NOT NULL, 
	digest VARCHAR NOT NULL, 
	requested_by VARCHAR NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	opened_at BIGINT NOT NULL, 
	decided_at BIGINT, 
	decided_by VARCHAR, 
	note TEXT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(run_id) REFERENCES runs (id) ON DELETE CASCADE, 
	UNIQUE (run_id, name, nth)
);
INSERT INTO "gates" VALUES('a77b37158be3b87265ff85910e8db4b5','01kjq704r023xcpnz51r5bb5k9','quick',1,'{"title":"Now?","why":null,"fields":[],"shown":null,"channel":"#approvals","job":"asks-quickly","requested_by":"slack:T0HARBOR:U000000BO"}','{"users":[],"groups":[],"channel_members":true,"need":1,"requester_may_decide":false,"reason_required":false,"guests":false,"teams":[],"tokens_may_decide":false}','d9f39bc758e0d12c9664166760e83a649cc15689d2f271ff9a589d02c8099092','slack:T0HARBOR:U000000BO','expired',1772453106435233,1772453196459733,NULL,NULL);
INSERT INTO "gates" VALUES('49ecec9bc8d73a30f12959aa5c19ef3e','01kjq731r5gwbk45j94rsd020z','decision',1,'{"title":"Close cancelled?","why":null,"fields":[],"shown":null,"channel":"#approvals","job":"asks-plainly","requested_by":"slack:T0HARBOR:U000000BO"}','{"users":[],"groups":[],"channel_members":true,"need":1,"requester_may_decide":false,"reason_required":false,"guests":false,"teams":[],"tokens_may_decide":false}','aef5578bffbba4111ebc3a376345d693d800aaf450b1ae9afb74dae9175e20e8','slack:T0HARBOR:U000000BO','cancelled',1772453201672320,1772453201684975,'slack:T0HARBOR:UANA',NULL);
INSERT INTO "gates" VALUES('5dd9e9832176e49656e8c70a085bfb3d','01kjq731sn3mvg4f3r0n5xxhms','decision',1,'{"title":"Pay decided, approve?","why":"The customer asked twice.","fields":[["Order","decided, approve"],["Amount","5"],["Lines","[\"one\",\"two\"]"]],"shown":{"order":"decided, approve","amount":5,"lines":["one","two"]},"channel":"#approvals","job":"asks","requested_by":"slack:T0HARBOR:U000000BO"}','{"users":[],"groups":[],"channel_members":true,"need":1,"requester_may_decide":false,"reason_required":false,"guests":false,"teams":[],"tokens_may_decide":false}','1d3d89e32b3d38c8c75e0294c27d1b4fbdcd56f1e336aca47b44052284a2573a','slack:T0HARBOR:U000000BO','approved',1772453201721210,1772453201739652,'slack:T0HARBOR:U00000CAM',NULL);
INSERT INTO "gates" VALUES('28892fad53278fc4e065bfce7151cab1','01kjq731tz6e7g68nwjrta9wxf','decision',1,'{"title":"Pay decided, reject?","why":"The customer asked twice.","fields":[["Order","decided, reject"],["Amount","5"],["Lines","[\"one\",\"two\"]"]],"shown":{"order":"decided, reject","amount":5,"lines":["one","two"]},"channel":"#approvals","job":"asks","requested_by":"slack:T0HARBOR:U000000BO"}','{"users":[],"groups":[],"channel_members":true,"need":1,"requester_may_decide":false,"reason_required":false,"guests":false,"teams":[],"tokens_may_decide":false}','9628cb37f2f90eb76a0e90f0f0f394f836b15e8feec1828d1c973dcfd498d6fc','slack:T0HARBOR:U000000BO','rejected',1772453201769495,1772453201808330,'slack:T0HARBOR:U00000CAM','Not now');
INSERT INTO "gates" VALUES('e2c453d6d6f1c5c60d52c79906596c86','01kjq7360pt1fqktbfb08kc5dw','decision',1,'{"title":"Pay child, part?","why":"The customer asked twice.","fields":[["Order","child, part"],["Amount","5"],["Lines","[\"one\",\"two\"]"]],"shown":{"order":"child, part","amount":5,"lines":["one","two"]},"channel":"#approvals","job":"asks","requested_by":"slack:T0HARBOR:U000000BO"}','{"users":[],"groups":[],"channel_members":true,"need":1,"requester_may_decide":false,"reason_required":false,"guests":false,"teams":[],"tokens_may_decide":false}','b548dbe39511e55778242b49b4c8fd85ea9ccfee07408141c481a6f2d1b79de9','slack:T0HARBOR:U000000BO','open',1772453206049170,NULL,NULL,NULL);
INSERT INTO "gates" VALUES('842a1bb98a87379df8fde69154965b3f','01kjq7361jd3m1mky3326xbrts','decision',1,'{"title":"Pay child, cancelled, part?","why":"The customer asked twice.","fields":[["Order","child, cancelled, part"],["Amount","5"],["Lines","[\"one\",\"two\"]"]],"shown":{"order":"child, cancelled, part","amount":5,"lines":["one","two"]},"channel":"#approvals","job":"asks","requested_by":"slack:T0HARBOR:U000000BO"}','{"users":[],"groups":[],"channel_members":true,"need":1,"requester_may_decide":false,"reason_required":false,"guests":false,"teams":[],"tokens_may_decide":false}','f4e38d8300c0a4ae158b3eebd3caaac6f55a990e8d1e36308805a10ebd184f4c','slack:T0HARBOR:U000000BO','open',1772453206086809,NULL,NULL,NULL);
INSERT INTO "gates" VALUES('5f7b08e86fe8e53eb712d134d1db1698','01kjq7365x8jtgk5w48gd2ax4d','closing',1,'{"title":"Close it?","why":null,"fields":[],"shown":null,"channel":"#approvals","job":"closes","requested_by":"slack:T0HARBOR:U000000BO"}','{"users":[],"groups":[],"channel_members":true,"need":1,"requester_may_decide":false,"reason_required":false,"guests":false,"teams":[],"tokens_may_decide":false}','a875aad581ed41ec8db551a7986c54fb3ee8d86370a2edf28ad7e8e2081f0b0e','slack:T0HARBOR:U000000BO','open',1772453206247623,NULL,NULL,NULL);
INSERT INTO "gates" VALUES('396d6bf3d63ee7d0c3230392173f5748','01kjq7367mddre6sgp0a4jv81r','fan#1[0]/inner',1,'{"title":"In a branch?","why":null,"fields":[["Branch","0"]],"shown":{"branch":0},"channel":"#approvals","job":"gathers","requested_by":"slack:T0HARBOR:U000000BO"}','{"users":[],"groups":[],"channel_members":true,"need":1,"requester_may_decide":false,"reason_required":false,"guests":false,"teams":[],"tokens_may_decide":false}','0012e3c284fe521f952f560333d1f468fccf31dc73f1e66f8aa8fb837ab28d4f','slack:T0HARBOR:U000000BO','open',1772453206264043,NULL,NULL,NULL);
INSERT INTO "gates" VALUES('3f9db967dd3714ab60ccb29a94eb36f1','01kjq73682q1mwf0vnqtx0b0sm','fan#1[0]/inner',1,'{"title":"In a branch?","why":null,"fields":[["Branch","0"]],"shown":{"branch":0},"channel":"#approvals","job":"gathers","requested_by":"slack:T0HARBOR:U000000BO"}','{"users":[],"groups":[],"channel_members":true,"need":1,"requester_may_decide":false,"reason_required":false,"guests":false,"teams":[],"tokens_may_decide":false}','0012e3c284fe521f952f560333d1f468fccf31dc73f1e66f8aa8fb837ab28d4f','slack:T0HARBOR:U000000BO','approved',1772453206276838,1772453210097761,'slack:T0HARBOR:U00000CAM',NULL);
INSERT INTO "gates" VALUES('b2683f5b72b4ab40b27118fe82f3249d','01kjq73a0bkeca5606zp4w3x7s','decision',1,'{"title":"Pay approval?","why":"The customer asked twice.","fields":[["Order","approval"],["Amount","5"],["Lines","[\"one\",\"two\"]"]],"shown":{"order":"approval","amount":5,"lines":["one","two"]},"channel":"#approvals","job":"asks","requested_by":"slack:T0HARBOR:U000000BO"}','{"users":[],"groups":[],"channel_members":true,"need":1,"requester_may_decide":false,"reason_required":false,"guests":false,"teams":[],"tokens_may_decide":false}','dc31e5a899895afa2e468a3f1e96cf539daa876381f18f2ca6c4422b22ed3ee1','slack:T0HARBOR:U000000BO','open',1772453210125749,NULL,NULL,NULL);
INSERT INTO "gates" VALUES('8f1ed21bb665fe944d6d15d25106ba9f','01kjq73a0r34hj8df1breq04r1','decision',1,'{"title":"Pay approval, rejected?","why":"The customer asked twice.","fields":[["Order","approval, rejected"],["Amount","5"],["Lines","[\"one\",\"two\"]"]],"shown":{"order":"approval, rejected","amount":5,"lines":["one","two"]},"channel":"#approvals","job":"asks","requested_by":"slack:T0HARBOR:U000000BO"}','{"users":[],"groups":[],"channel_members":true,"need":1,"requester_may_decide":false,"reason_required":false,"guests":false,"teams":[],"tokens_may_decide":false}','2f175dbc701888a77cf45fefefb06a051463a76cc1796ccc03093ba5435ca78f','slack:T0HARBOR:U000000BO','open',1772453210144518,NULL,NULL,NULL);
INSERT INTO "gates" VALUES('639f61877c79e4e89e541f926cfe5074','01kjq73a4khryqenvfvteyq7hr','decision',1,'{"title":"Pay approval, silence?","why":"The customer asked twice.","fields":[["Order","approval, silence"],["Amount","5"],["Lines","[\"one\",\"two\"]"]],"shown":{"order":"approval, silence","amount":5,"lines":["one","two"]},"channel":"#approvals","job":"asks","requested_by":"slack:T0HARBOR:U000000BO"}','{"users":[],"groups":[],"channel_members":true,"need":1,"requester_may_decide":false,"reason_required":false,"guests":false,"teams":[],"tokens_may_decide":false}','289286088ec5d8dbcc0fe9d468dbee3cecbd03d62e058f7fb094b42dbeecfecf','slack:T0HARBOR:U000000BO','open',1772453210261623,NULL,NULL,NULL);
INSERT INTO "gates" VALUES('60c1b4e5a9667b9434dd734c8a10cb69','01kjq73a523frvzw6d1db09ybd','program',1,'{"title":"Program?","why":null,"fields":[],"shown":null,"channel":"#approvals","job":"asks-programs","requested_by":"slack:T0HARBOR:U000000BO"}','{"users":[],"groups":[],"channel_members":true,"need":1,"requester_may_decide":true,"reason_required":false,"guests":false,"teams":[],"tokens_may_decide":true}','371c621612f5c5bd92b1d659c8fe81843ea62f02d70e635ab2e42ca4837ded23','slack:T0HARBOR:U000000BO','open',1772453210276326,NULL,NULL,NULL);
INSERT INTO "gates" VALUES('023991d118928174d352394482413dfa','01kjq73dvy7y84g92q149npmrz','decision',1,'{"title":"Close approval without payload?","why":null,"fields":[],"shown":null,"channel":"#approvals","job":"asks-plainly","requested_by":"slack:T0HARBOR:U000000BO"}','{"users":[],"groups":[],"channel_members":true,"need":1,"requester_may_decide":false,"reason_required":false,"guests":false,"teams":[],"tokens_may_decide":false}','3ed6354aaba5c30fc907e514382d72802213da24890d566e18eadc45f2e9e504','slack:T0HARBOR:U000000BO','open',1772453214086475,NULL,NULL,NULL);
INSERT INTO "gates" VALUES('7a08c3d4704f943d716382639476ce00','01kjq73dxnx9bs7j81jk9kfw1h','named',1,'{"title":"You?","why":null,"fields":[["Amount","1.5"]],"shown":{"amount":1.5},"channel":"#ops","job":"asks-named","requested_by":"slack:T0HARBOR:U000000BO"}','{"users":["U024BE7LH","U000000CAM"],"groups":["S0614TZR7"],"channel_members":false,"need":1,"requester_may_decide":false,"reason_required":true,"guests":false,"teams":[],"tokens_may_decide":false}','e21d9380e2ffbdf52e26b10c1c71ace96cb81414e16687c788e884c2fbeacee4','slack:T0HARBOR:U000000BO','open',1772453214137210,NULL,NULL,NULL);
INSERT INTO "gates" VALUES('5989b0644ab13109640c5ec59102ceb9','01kjq73dy2vsyv77my6dnnvy61','both',1,'{"title":"Both of you?","why":null,"fields":[["Story","one vote of two"]],"shown":{"story":"one vote of two"},"channel":"#approvals","job":"asks-two","requested_by":"slack:T0HARBOR:U000000BO"}','{"users":[],"groups":[],"channel_members":true,"need":2,"requester_may_decide":false,"reason_required":false,"guests":false,"teams":[],"tokens_may_decide":false}','b07990a56d1879dcf8cfd86371691e86c62b8a21ce2cf3d2986123ce52783d3b','slack:T0HARBOR:U000000BO','open',1772453214150302,NULL,NULL,NULL);
INSERT INTO "gates" VALUES('cbbb0b362965620366308431f6107922','01kjq73e2gfp37q8k1tymf4tmm','both',1,'{"title":"Both of you?","why":null,"fields":[["Story","one vote of two, rejected"]],"shown":{"story":"one vote of two, rejected"},"channel":"#approvals","job":"asks-two","requested_by":"slack:T0HARBOR:U000000BO"}','{"users":[],"groups":[],"channel_members":true,"need":2,"requester_may_decide":false,"reason_required":false,"guests":false,"teams":[],"tokens_may_decide":false}','38908a400f8b11a0d10da4f54042ba8e8f9bf36eeffa3e4339d847b6bba4f177','slack:T0HARBOR:U000000BO','open',1772453214302998,NULL,NULL,NULL);
INSERT INTO "gates" VALUES('a35d57da523b627192830d47abf18a07','01kjq73e4f2nem1db558n1jkq0','again',1,'{"title":"Round 0?","why":null,"fields":[["Round","0"]],"shown":{"round":0},"channel":"#approvals","job":"asks-again","requested_by":"slack:T0HARBOR:U000000BO"}','{"users":[],"groups":[],"channel_members":true,"need":1,"requester_may_decide":false,"reason_required":false,"guests":false,"teams":[],"tokens_may_decide":false}','5a967061800f93e47b906df1ec449b5b2a17315df1d6795fa31a10b5174fa258','slack:T0HARBOR:U000000BO','approved',1772453214361505,1772453218094345,'slack:T0HARBOR:U00000CAM',NULL);
INSERT INTO "gates" VALUES('4ed03c4f4ba5cbaea6a32871701486d0','01kjq73e4f2nem1db558n1jkq0','again',2,'{"title":"Round 1?","why":null,"fields":[["Round","1"]],"shown":{"round":1},"channel":"#approvals","job":"asks-again","requested_by":"slack:T0HARBOR:U000000BO"}','{"users":[],"groups":[],"channel_members":true,"need":1,"requester_may_decide":false,"reason_required":false,"guests":false,"teams":[],"tokens_may_decide":false}','4e16c3bed6813c445334617851572cb05f1f580c938b6a4510d7d8d402c10d4b','slack:T0HARBOR:U000000BO','open',1772453218111348,NULL,NULL,NULL);
INSERT INTO "gates" VALUES('4621ef7f130f866eb8cf6973c011d553','01kjq73hv9rhxvmctc890pbt0v','decision',1,'{"title":"Close a reason is being given?","why":null,"fields":[],"shown":null,"channel":"#approvals","job":"asks-plainly","requested_by":"slack:T0HARBOR:U000000BO"}','{"users":[],"groups":[],"channel_members":true,"need":1,"requester_may_decide":false,"reason_required":false,"guests":false,"teams":[],"tokens_may_decide":false}','fc683adb3cf7dc5a2dc49194c2c2cf77b85457e58930d38928936e6560a38cdd','slack:T0HARBOR:U000000BO','open',1772453218154996,NULL,NULL,NULL);
INSERT INTO "gates" VALUES('954d0f9d2fddb91c1b32b6afa4814cfe','01kjq73ja5skrac71mvmk1kex1','decision',1,'{"title":"Close a card without an answer?","why":null,"fields":[],"shown":null,"channel":"#approvals","job":"asks-plainly","requested_by":"slack:T0HARBOR:U000000BO"}','{"users":[],"groups":[],"channel_members":true,"need":1,"requester_may_decide":false,"reason_required":false,"guests":false,"teams":[],"tokens_may_decide":false}','801c94476cdbd9efb80540da7a3607f5842f859ef163a420b4804256986df9ed','slack:T0HARBOR:U000000BO','open',1772453218631423,NULL,NULL,NULL);
INSERT INTO "gates" VALUES('29ac2b609feb12b87ec1601643553e3e','01kjq73jaqxsz3efafv73y7zw7','decision',1,'{"title":"Close a card that is not sent?","why":null,"fields":[],"shown":null,"channel":"#approvals","job":"asks-plainly","requested_by":"slack:T0HARBOR:U000000BO"}','{"users":[],"groups":[],"channel_members":true,"need":1,"requester_may_decide":false,"reason_required":false,"guests":false,"teams":[],"tokens_may_decide":false}','4cfacd6a74a7f127f8a36ad2792b561f8347e24953cce098ee65fef6642ad8d1','slack:T0HARBOR:U000000BO','open',1772453218654887,NULL,NULL,NULL);
CREATE TABLE journal (
	run_id VARCHAR NOT NULL, 
	seq INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	nth INTEGER NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	attempt INTEGER NOT NULL, 
	value TEXT, 
	at BIGINT NOT NULL, 
	PRIMARY KEY (run_id, seq), 
	FOREIGN KEY(run_id) REFERENCES runs (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "journal" VALUES('01kjq6ptd01bxjvh5zzhgekzv7',1,'before death',1,'step','done',1,'{"posted":"before death"}',1772452801002850);
INSERT INTO "journal" VALUES('01kjq704m3pdn7tmedwgsbnvqd',1,'first',1,'step','done',1,'{"posted":"first"}',1772453106345043);
INSERT INTO "journal" VALUES('01kjq704m3pdn7tmedwgsbnvqd',2,'go',1,'wait','done',1,'{"kind":"yes","payload":{"kind":"yes"},"actor":"token:shop","at":"2026-03-02T12:06:37.667311+00:00"}',1772453197667311);
INSERT INTO "journal" VALUES('01kjq704pqw5f6qrcz56kc0epg',1,'first',1,'step','done',1,'{"posted":"first"}',1772453106397428);
INSERT INTO "journal" VALUES('01kjq704pqw5f6qrcz56kc0epg',2,'go',1,'wait','done',1,'{"kind":"yes","payload":{"kind":"yes"},"actor":"token:shop","at":"2026-03-02T12:06:37.641177+00:00"}',1772453197641177);
INSERT INTO "journal" VALUES('01kjq704qbe6ekmdt9n80khyka',1,'go',1,'wait','done',1,'{"kind":"yes","payload":{"kind":"yes"},"actor":"token:shop","at":"2026-03-02T12:06:36.662754+00:00"}',1772453196662754);
INSERT INTO "journal" VALUES('01kjq704r023xcpnz51r5bb5k9',1,'quick',1,'wait','done',1,'{"kind":"timeout"}',1772453196459733);
INSERT INTO "journal" VALUES('01kjq72xvv24bhp55a6cbcbfxc',1,'first',1,'step','done',1,'{"posted":"first"}',1772453197706449);
INSERT INTO "journal" VALUES('01kjq72xvv24bhp55a6cbcbfxc',2,'second',1,'step','done',1,'{"posted":"second completed"}',1772453197710685);
INSERT INTO "journal" VALUES('01kjq72xwz97qp94r3tg45gd3f',1,'before the failure',1,'step','done',1,'{"posted":"before the failure"}',1772453197734406);
INSERT INTO "journal" VALUES('01kjq72xwz97qp94r3tg45gd3f',2,'bad',1,'step','failed',1,'{"kind":"StepFailed","message":"refused"}',1772453197736412);
INSERT INTO "journal" VALUES('01kjq731q82qw4zyxjy1dp2t2x',1,'fails',1,'wait','failed',1,'{"kind":"StepFailed","message":"the run 01kjq731qb5k6n3mq4bwbt44y8 of fails failed: refused","run_id":"01kjq731qb5k6n3mq4bwbt44y8"}',1772453201647336);
INSERT INTO "journal" VALUES('01kjq731qb5k6n3mq4bwbt44y8',1,'before the failure',1,'step','done',1,'{"posted":"before the failure"}',1772453201646673);
INSERT INTO "journal" VALUES('01kjq731qb5k6n3mq4bwbt44y8',2,'bad',1,'step','failed',1,'{"kind":"StepFailed","message":"refused"}',1772453201647336);
INSERT INTO "journal" VALUES('01kjq731r5gwbk45j94rsd020z',1,'decision',1,'wait','cancelled',1,NULL,1772453201684975);
INSERT INTO "journal" VALUES('01kjq731sn3mvg4f3r0n5xxhms',1,'before asking',1,'step','done',1,'{"posted":"before asking"}',1772453201721210);
INSERT INTO "journal" VALUES('01kjq731sn3mvg4f3r0n5xxhms',2,'decision',1,'wait','done',1,'{"kind":"approved","payload":{"note":null,"votes":[{"person":"slack:T0HARBOR:U00000CAM","choice":"approved","note":null,"via":"slack","at":"2026-03-02T12:06:41.739652+00:00"}]},"actor":"slack:T0HARBOR:U00000CAM","at":"2026-03-02T12:06:41.739652+00:00"}',1772453201739652);
INSERT INTO "journal" VALUES('01kjq731sn3mvg4f3r0n5xxhms',3,'pay',1,'step','done',1,'{"posted":"pay decided, approve"}',1772453201744195);
INSERT INTO "journal" VALUES('01kjq731tz6e7g68nwjrta9wxf',1,'before asking',1,'step','done',1,'{"posted":"before asking"}',1772453201769495);
INSERT INTO "journal" VALUES('01kjq731tz6e7g68nwjrta9wxf',2,'decision',1,'wait','done',1,'{"kind":"rejected","payload":{"note":"Not now","votes":[{"person":"slack:T0HARBOR:U00000CAM","choice":"rejected","note":"Not now","via":"slack-modal","at":"2026-03-02T12:06:41.808330+00:00"}]},"actor":"slack:T0HARBOR:U00000CAM","at":"2026-03-02T12:06:41.808330+00:00"}',1772453201808330);
INSERT INTO "journal" VALUES('01kjq735mf2dm1fd9cemrds1n5',1,'paid',1,'wait','started',1,NULL,1772453205662983);
INSERT INTO "journal" VALUES('01kjq735ng7ak35bfq7wrsyqsx',1,'paid',1,'wait','started',1,NULL,1772453205698779);
INSERT INTO "journal" VALUES('01kjq735parz7310ncgwbvx6nt',1,'first',1,'wait','started',1,NULL,1772453205717296);
INSERT INTO "journal" VALUES('01kjq735pzx47n7z0h5x6za6br',1,'first',1,'wait','started',1,NULL,1772453205739110);
INSERT INTO "journal" VALUES('01kjq735qte91d89en354w208a',1,'before the sleep',1,'step','done',1,'{"posted":"before the sleep"}',1772453205794507);
INSERT INTO "journal" VALUES('01kjq735qte91d89en354w208a',2,'nap',1,'wait','started',1,NULL,1772453205794507);
INSERT INTO "journal" VALUES('01kjq735sbaw9g8vczyx6yn90f',1,'now',1,'now','done',1,'"2026-03-02T12:06:45.811327+00:00"',1772453205811663);
INSERT INTO "journal" VALUES('01kjq735sbaw9g8vczyx6yn90f',2,'uuid',1,'uuid','done',1,'"763b311d-443f-449d-898d-951a5f1d5435"',1772453205811663);
INSERT INTO "journal" VALUES('01kjq735sbaw9g8vczyx6yn90f',3,'random',1,'random','done',1,'0.5388579835117426',1772453205811663);
INSERT INTO "journal" VALUES('01kjq735sbaw9g8vczyx6yn90f',4,'patch(new-flow)',1,'patch','done',1,NULL,1772453205811663);
INSERT INTO "journal" VALUES('01kjq735sbaw9g8vczyx6yn90f',5,'slack.post_message',1,'step','done',1,'{"channel":"C00000OPS","ts":"1772453206.004335"}',1772453206007250);
INSERT INTO "journal" VALUES('01kjq735sbaw9g8vczyx6yn90f',6,'go',1,'wait','started',1,NULL,1772453206007250);
INSERT INTO "journal" VALUES('01kjq735zzypd1d8bdwwdgsvm6',1,'asks',1,'wait','started',1,NULL,1772453206038482);
INSERT INTO "journal" VALUES('01kjq7360pt1fqktbfb08kc5dw',1,'before asking',1,'step','done',1,'{"posted":"before asking"}',1772453206049170);
INSERT INTO "journal" VALUES('01kjq7360pt1fqktbfb08kc5dw',2,'decision',1,'wait','started',1,NULL,1772453206049170);
INSERT INTO "journal" VALUES('01kjq73616vxsep7rfv7wmwpyb',1,'asks',1,'wait','started',1,NULL,1772453206066440);
INSERT INTO "journal" VALUES('01kjq7361jd3m1mky3326xbrts',1,'before asking',1,'step','done',1,'{"posted":"before asking"}',1772453206086809);
INSERT INTO "journal" VALUES('01kjq7361jd3m1mky3326xbrts',2,'decision',1,'wait','started',1,NULL,1772453206086809);
INSERT INTO "journal" VALUES('01kjq7362ctfa0qw0pdrk2c16v',1,'open',1,'step','done',1,'{"posted":"open"}',1772453206121056);
INSERT INTO "journal" VALUES('01kjq7362ctfa0qw0pdrk2c16v',2,'paid',1,'wait','started',1,NULL,1772453206121056);
INSERT INTO "journal" VALUES('01kjq7363ngky8d345drnt5m7n',1,'first',1,'wait','started',1,NULL,1772453206154485);
INSERT INTO "journal" VALUES('01kjq7365x8jtgk5w48gd2ax4d',1,'open',1,'step','done',1,'{"posted":"open"}',1772453206219636);
INSERT INTO "journal" VALUES('01kjq7365x8jtgk5w48gd2ax4d',2,'paid',1,'wait','cancelled',1,NULL,1772453206227393);
INSERT INTO "journal" VALUES('01kjq7365x8jtgk5w48gd2ax4d',3,'closing',1,'wait','started',1,NULL,1772453206247623);
INSERT INTO "journal" VALUES('01kjq7367mddre6sgp0a4jv81r',1,'fan',1,'gather','started',1,'3',1772453206264043);
INSERT INTO "journal" VALUES('01kjq7367mddre6sgp0a4jv81r',2,'fan#1[0]/inner',1,'wait','started',1,NULL,1772453206264043);
INSERT INTO "journal" VALUES('01kjq7367mddre6sgp0a4jv81r',3,'fan#1[2]/item',1,'wait','started',1,NULL,1772453206266071);
INSERT INTO "journal" VALUES('01kjq7367mddre6sgp0a4jv81r',4,'fan#1[1]/before the nap',1,'step','done',1,'{"posted":"before the nap"}',1772453206266071);
INSERT INTO "journal" VALUES('01kjq7367mddre6sgp0a4jv81r',5,'fan#1[1]/nap',1,'wait','started',1,NULL,1772453206266071);
INSERT INTO "journal" VALUES('01kjq73682q1mwf0vnqtx0b0sm',1,'fan',1,'gather','started',1,'3',1772453206276838);
INSERT INTO "journal" VALUES('01kjq73682q1mwf0vnqtx0b0sm',2,'fan#1[0]/inner',1,'wait','done',1,'{"kind":"approved","payload":{"note":null,"votes":[{"person":"slack:T0HARBOR:U00000CAM","choice":"approved","note":null,"via":"slack","at":"2026-03-02T12:06:50.097761+00:00"}]},"actor":"slack:T0HARBOR:U00000CAM","at":"2026-03-02T12:06:50.097761+00:00"}',1772453210097761);
INSERT INTO "journal" VALUES('01kjq73682q1mwf0vnqtx0b0sm',3,'fan#1[2]/item',1,'wait','started',1,NULL,1772453206278913);
INSERT INTO "journal" VALUES('01kjq73682q1mwf0vnqtx0b0sm',4,'fan#1[1]/before the nap',1,'step','done',1,'{"posted":"before the nap"}',1772453206278913);
INSERT INTO "journal" VALUES('01kjq73682q1mwf0vnqtx0b0sm',5,'fan#1[1]/nap',1,'wait','started',1,NULL,1772453206278913);
INSERT INTO "journal" VALUES('01kjq73682q1mwf0vnqtx0b0sm',6,'fan#1[0]/asked in a branch',1,'step','done',1,'{"posted":"asked in a branch"}',1772453210114498);
INSERT INTO "journal" VALUES('01kjq73a0bkeca5606zp4w3x7s',1,'before asking',1,'step','done',1,'{"posted":"before asking"}',1772453210125749);
INSERT INTO "journal" VALUES('01kjq73a0bkeca5606zp4w3x7s',2,'decision',1,'wait','started',1,NULL,1772453210125749);
INSERT INTO "journal" VALUES('01kjq73a0r34hj8df1breq04r1',1,'before asking',1,'step','done',1,'{"posted":"before asking"}',1772453210144518);
INSERT INTO "journal" VALUES('01kjq73a0r34hj8df1breq04r1',2,'decision',1,'wait','started',1,NULL,1772453210144518);
INSERT INTO "journal" VALUES('01kjq73a4khryqenvfvteyq7hr',1,'before asking',1,'step','done',1,'{"posted":"before asking"}',1772453210261623);
INSERT INTO "journal" VALUES('01kjq73a4khryqenvfvteyq7hr',2,'decision',1,'wait','started',1,NULL,1772453210261623);
INSERT INTO "journal" VALUES('01kjq73a523frvzw6d1db09ybd',1,'program',1,'wait','started',1,NULL,1772453210276326);
INSERT INTO "journal" VALUES('01kjq73dvy7y84g92q149npmrz',1,'decision',1,'wait','started',1,NULL,1772453214086475);
INSERT INTO "journal" VALUES('01kjq73dxnx9bs7j81jk9kfw1h',1,'named',1,'wait','started',1,NULL,1772453214137210);
INSERT INTO "journal" VALUES('01kjq73dy2vsyv77my6dnnvy61',1,'both',1,'wait','started',1,NULL,1772453214150302);
INSERT INTO "journal" VALUES('01kjq73e2gfp37q8k1tymf4tmm',1,'both',1,'wait','started',1,NULL,1772453214302998);
INSERT INTO "journal" VALUES('01kjq73e4f2nem1db558n1jkq0',1,'again',1,'wait','done',1,'{"kind":"approved","payload":{"note":null,"votes":[{"person":"slack:T0HARBOR:U00000CAM","choice":"approved","note":null,"via":"slack","at":"2026-03-02T12:06:58.094345+00:00"}]},"actor":"slack:T0HARBOR:U00000CAM","at":"2026-03-02T12:06:58.094345+00:00"}',1772453218094345);
INSERT INTO "journal" VALUES('01kjq73e4f2nem1db558n1jkq0',2,'round 0',1,'step','done',1,'{"posted":"round 0"}',1772453218111348);
INSERT INTO "journal" VALUES('01kjq73e4f2nem1db558n1jkq0',3,'again',2,'wait','started',1,NULL,1772453218111348);
INSERT INTO "journal" VALUES('01kjq73hv9rhxvmctc890pbt0v',1,'decision',1,'wait','started',1,NULL,1772453218154996);
INSERT INTO "journal" VALUES('01kjq73j08h87t75hegp4xwg37',1,'before the try',1,'step','done',1,'{"posted":"before the try"}',1772453218329144);
INSERT INTO "journal" VALUES('01kjq73j08h87t75hegp4xwg37',2,'try',1,'step','retrying',1,'{"kind":"ConnectionError","message":"down","again_at":"2026-03-02T12:11:58.329749+00:00"}',1772453218329842);
INSERT INTO "journal" VALUES('01kjq73j3c4zgymevtnsf9s0xg',1,'once',1,'step','started',1,NULL,1772453218417793);
INSERT INTO "journal" VALUES('01kjq73ja5skrac71mvmk1kex1',1,'decision',1,'wait','started',1,NULL,1772453218631423);
INSERT INTO "journal" VALUES('01kjq73jaqxsz3efafv73y7zw7',1,'decision',1,'wait','started',1,NULL,1772453218654887);
CREATE TABLE meta (
	"key" VARCHAR NOT NULL, 
	value VARCHAR NOT NULL, 
	PRIMARY KEY ("key")
);
INSERT INTO "meta" VALUES('installation_id','d2cc0bd1a8f817864a9d7bea05ac1625');
INSERT INTO "meta" VALUES('clock_high_water','1772453222123725');
CREATE TABLE outbox (
	id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	what VARCHAR NOT NULL, 
	run_id VARCHAR NOT NULL, 
	gate_id VARCHAR, 
	status VARCHAR(16) NOT NULL, 
	attempts INTEGER NOT NULL, 
	next_at BIGINT NOT NULL, 
	last_error VARCHAR, 
	PRIMARY KEY (id), 
	FOREIGN KEY(run_id) REFERENCES runs (id) ON DELETE CASCADE, 
	UNIQUE ("key")
);
INSERT INTO "outbox" VALUES(1,'blocked:01kjq6ptd01bxjvh5zzhgekzv7:5','blocked','01kjq6ptd01bxjvh5zzhgekzv7',NULL,'sent',1,1772453121303587,NULL);
INSERT INTO "outbox" VALUES(2,'decided:a77b37158be3b87265ff85910e8db4b5','decided','01kjq704r023xcpnz51r5bb5k9','a77b37158be3b87265ff85910e8db4b5','sent',1,1772453211475259,NULL);
INSERT INTO "outbox" VALUES(3,'ended:a77b37158be3b87265ff85910e8db4b5:2','ended','01kjq704r023xcpnz51r5bb5k9','a77b37158be3b87265ff85910e8db4b5','sent',1,1772453211504669,NULL);
INSERT INTO "outbox" VALUES(4,'blocked:01kjq704qbe6ekmdt9n80khyka:1','blocked','01kjq704qbe6ekmdt9n80khyka',NULL,'sent',1,1772453212635236,NULL);
INSERT INTO "outbox" VALUES(5,'blocked:01kjq704pqw5f6qrcz56kc0epg:2','blocked','01kjq704pqw5f6qrcz56kc0epg',NULL,'sent',1,1772453212655258,NULL);
INSERT INTO "outbox" VALUES(6,'blocked:01kjq704m3pdn7tmedwgsbnvqd:2','blocked','01kjq704m3pdn7tmedwgsbnvqd',NULL,'sent',1,1772453212676724,NULL);
INSERT INTO "outbox" VALUES(7,'ended:01kjq72xvv24bhp55a6cbcbfxc:1','ended','01kjq72xvv24bhp55a6cbcbfxc',NULL,'sent',1,1772453212713606,NULL);
INSERT INTO "outbox" VALUES(8,'ended:01kjq72xwz97qp94r3tg45gd3f:1','ended','01kjq72xwz97qp94r3tg45gd3f',NULL,'sent',1,1772453212738844,NULL);
INSERT INTO "outbox" VALUES(9,'ended:01kjq731q82qw4zyxjy1dp2t2x:2','ended','01kjq731q82qw4zyxjy1dp2t2x',NULL,'sent',1,1772453216659927,NULL);
INSERT INTO "outbox" VALUES(10,'decided:49ecec9bc8d73a30f12959aa5c19ef3e','decided','01kjq731r5gwbk45j94rsd020z','49ecec9bc8d73a30f12959aa5c19ef3e','sent',1,1772453216691800,NULL);
INSERT INTO "outbox" VALUES(11,'ended:49ecec9bc8d73a30f12959aa5c19ef3e:2','ended','01kjq731r5gwbk45j94rsd020z','49ecec9bc8d73a30f12959aa5c19ef3e','sent',1,1772453216703221,NULL);
INSERT INTO "outbox" VALUES(12,'decided:5dd9e9832176e49656e8c70a085bfb3d','decided','01kjq731sn3mvg4f3r0n5xxhms','5dd9e9832176e49656e8c70a085bfb3d','sent',1,1772453216743269,NULL);
INSERT INTO "outbox" VALUES(13,'ended:5dd9e9832176e49656e8c70a085bfb3d:2','ended','01kjq731sn3mvg4f3r0n5xxhms','5dd9e9832176e49656e8c70a085bfb3d','sent',1,1772453216749404,NULL);
INSERT INTO "outbox" VALUES(14,'decided:28892fad53278fc4e065bfce7151cab1','decided','01kjq731tz6e7g68nwjrta9wxf','28892fad53278fc4e065bfce7151cab1','sent',1,1772453216815145,NULL);
INSERT INTO "outbox" VALUES(15,'ended:28892fad53278fc4e065bfce7151cab1:2','ended','01kjq731tz6e7g68nwjrta9wxf','28892fad53278fc4e065bfce7151cab1','sent',1,1772453216839700,NULL);
INSERT INTO "outbox" VALUES(16,'decided:3f9db967dd3714ab60ccb29a94eb36f1','decided','01kjq73682q1mwf0vnqtx0b0sm','3f9db967dd3714ab60ccb29a94eb36f1','sent',1,1772453225109022,NULL);
INSERT INTO "outbox" VALUES(17,'decided:a35d57da523b627192830d47abf18a07','decided','01kjq73e4f2nem1db558n1jkq0','a35d57da523b627192830d47abf18a07','sent',1,1772453233103727,NULL);
CREATE TABLE runs (
	id VARCHAR NOT NULL, 
	job VARCHAR NOT NULL, 
	input TEXT NOT NULL, 
	requested_by VARCHAR NOT NULL, 
	via VARCHAR NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	ready_at BIGINT, 
	epoch INTEGER NOT NULL, 
	owner VARCHAR, 
	lease_until BIGINT, 
	idle_claims INTEGER NOT NULL, 
	cancel_requested_at BIGINT, 
	cancelled_by VARCHAR, 
	blocked_reason TEXT, 
	result TEXT, 
	error TEXT, 
	failed_seq INTEGER, 
	start_scope VARCHAR, 
	start_key VARCHAR, 
	created_at BIGINT NOT NULL, 
	updated_at BIGINT NOT NULL, 
	finished_at BIGINT, accepted_seq INTEGER, pruned_at BIGINT, parent_id VARCHAR, parent_name VARCHAR, parent_nth INTEGER, depth INTEGER DEFAULT '0' NOT NULL, 
	PRIMARY KEY (id)
)
 WITHOUT ROWID

;
INSERT INTO "runs" VALUES('01kjq6ptd01bxjvh5zzhgekzv7','dies','{"about":"poison","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','blocked',NULL,5,NULL,NULL,5,NULL,NULL,'poison: started 5 times and died each time before it could write anything down; look at the logs, then retry or cancel it',NULL,NULL,NULL,'stored','poison',1772452800930114,1772453106294228,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq704m3pdn7tmedwgsbnvqd','changes','{"about":"nondeterminism","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','blocked',NULL,2,NULL,NULL,1,NULL,NULL,'nondeterminism: the code now reaches ''put in'', which is new, before what this run has already done: go. Nothing was executed. Guard it with ctx.patched(…) or bring the old code back, and retry; or retry to go on with the code as it is now; or cancel the run',NULL,NULL,NULL,'stored','nondeterminism',1772453106318516,1772453197673433,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq704pqw5f6qrcz56kc0epg','changes','{"about":"nondeterminism, old code","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','blocked',NULL,2,NULL,NULL,1,NULL,NULL,'nondeterminism: the code now reaches ''put in'', which is new, before what this run has already done: go. Nothing was executed. Guard it with ctx.patched(…) or bring the old code back, and retry; or retry to go on with the code as it is now; or cancel the run',NULL,NULL,NULL,'stored','nondeterminism, old code',1772453106391150,1772453197646119,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq704qbe6ekmdt9n80khyka','missing','{"about":"job missing","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','blocked',NULL,1,NULL,NULL,0,NULL,NULL,'job_missing: no job is called missing; it goes on by itself when the job is back',NULL,NULL,NULL,'stored','job missing',1772453106411923,1772453197628039,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq704r023xcpnz51r5bb5k9','asks-quickly','{"about":"expired","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','completed',NULL,2,NULL,NULL,1,NULL,NULL,NULL,'{"said":"expired"}',NULL,NULL,'stored','expired',1772453106432724,1772453196479070,1772453196479070,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq72xvv24bhp55a6cbcbfxc','steps','{"about":"completed","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','completed',NULL,1,NULL,NULL,1,NULL,NULL,NULL,'{"first":{"posted":"first"},"second":{"posted":"second completed"}}',NULL,NULL,'stored','completed',1772453197691308,1772453197710685,1772453197710685,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq72xwz97qp94r3tg45gd3f','fails','{"about":"failed","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','failed',NULL,1,NULL,NULL,1,NULL,NULL,NULL,NULL,'{"kind":"StepFailed","message":"refused","step":"bad"}',2,'stored','failed',1772453197727422,1772453197736412,1772453197736412,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq731q82qw4zyxjy1dp2t2x','orders-in-vain','{"about":"failed at a child","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','failed',NULL,2,NULL,NULL,1,NULL,NULL,NULL,NULL,'{"kind":"StepFailed","message":"the run 01kjq731qb5k6n3mq4bwbt44y8 of fails failed: refused","step":"fails"}',1,'stored','failed at a child',1772453201641049,1772453201658911,1772453201658911,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq731qb5k6n3mq4bwbt44y8','fails','{"about":"failed at a child","team_id":"OPS"}','slack:T0HARBOR:U000000BO','job','failed',NULL,1,NULL,NULL,1,NULL,NULL,NULL,NULL,'{"kind":"StepFailed","message":"refused","step":"bad"}',2,NULL,NULL,1772453201643210,1772453201647336,1772453201647336,NULL,NULL,'01kjq731q82qw4zyxjy1dp2t2x','fails',1,1);
INSERT INTO "runs" VALUES('01kjq731r5gwbk45j94rsd020z','asks-plainly','{"about":"cancelled","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','cancelled',NULL,2,NULL,NULL,1,1772453201684975,'slack:T0HARBOR:UANA',NULL,NULL,NULL,NULL,'stored','cancelled',1772453201670003,1772453201692547,1772453201692547,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq731sn3mvg4f3r0n5xxhms','asks','{"about":"decided, approve","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','completed',NULL,2,NULL,NULL,1,NULL,NULL,NULL,'{"said":"approved","by":"slack:T0HARBOR:U00000CAM","note":null,"votes":1}',NULL,NULL,'stored','decided, approve',1772453201717866,1772453201744195,1772453201744195,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq731tz6e7g68nwjrta9wxf','asks','{"about":"decided, reject","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','completed',NULL,2,NULL,NULL,1,NULL,NULL,NULL,'{"said":"rejected","by":"slack:T0HARBOR:U00000CAM","note":"Not now"}',NULL,NULL,'stored','decided, reject',1772453201759940,1772453201834722,1772453201834722,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq735mf2dm1fd9cemrds1n5','waits','{"about":"bare wait","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','waiting',NULL,1,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,'stored','bare wait',1772453205648339,1772453205662983,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq735ng7ak35bfq7wrsyqsx','waits','{"about":"bare wait, silence","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','waiting',NULL,1,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,'stored','bare wait, silence',1772453205680311,1772453205698779,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq735parz7310ncgwbvx6nt','waits-any','{"about":"any","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','waiting',NULL,1,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,'stored','any',1772453205706407,1772453205717296,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq735pzx47n7z0h5x6za6br','waits-any','{"about":"any, silence","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','waiting',NULL,1,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,'stored','any, silence',1772453205728118,1772453205739110,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq735qte91d89en354w208a','sleeps','{"about":"sleep","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','waiting',NULL,1,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,'stored','sleep',1772453205754971,1772453205794507,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq735sbaw9g8vczyx6yn90f','facts','{"about":"facts","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','waiting',NULL,1,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,'stored','facts',1772453205803487,1772453206007250,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq735zzypd1d8bdwwdgsvm6','orders','{"about":"child","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','waiting',NULL,1,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,'stored','child',1772453206017931,1772453206038482,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq7360pt1fqktbfb08kc5dw','asks','{"about":"child, part","team_id":"OPS"}','slack:T0HARBOR:U000000BO','job','waiting',NULL,1,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1772453206038482,1772453206049170,NULL,NULL,NULL,'01kjq735zzypd1d8bdwwdgsvm6','asks',1,1);
INSERT INTO "runs" VALUES('01kjq73616vxsep7rfv7wmwpyb','orders','{"about":"child, cancelled","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','waiting',NULL,1,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,'stored','child, cancelled',1772453206055589,1772453206066440,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq7361jd3m1mky3326xbrts','asks','{"about":"child, cancelled, part","team_id":"OPS"}','slack:T0HARBOR:U000000BO','job','waiting',NULL,1,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1772453206066440,1772453206086809,NULL,NULL,NULL,'01kjq73616vxsep7rfv7wmwpyb','asks',1,1);
INSERT INTO "runs" VALUES('01kjq7362ctfa0qw0pdrk2c16v','closes','{"about":"cancelled while it waits","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','waiting',NULL,1,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,'stored','cancelled while it waits',1772453206094895,1772453206121056,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq7363ngky8d345drnt5m7n','buffers','{"about":"buffered","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','waiting',NULL,1,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,'stored','buffered',1772453206134460,1772453206154485,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq7365x8jtgk5w48gd2ax4d','closes','{"about":"closing","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','waiting',NULL,2,NULL,NULL,0,1772453206227393,'slack:T0HARBOR:UANA',NULL,NULL,NULL,NULL,'stored','closing',1772453206205788,1772453206247623,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq7367mddre6sgp0a4jv81r','gathers','{"about":"gather","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','waiting',NULL,1,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,'stored','gather',1772453206261015,1772453206267144,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq73682q1mwf0vnqtx0b0sm','gathers','{"about":"gather, one branch done","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','waiting',NULL,2,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,'stored','gather, one branch done',1772453206274445,1772453210114498,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq73a0bkeca5606zp4w3x7s','asks','{"about":"approval","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','waiting',NULL,1,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,'stored','approval',1772453210123613,1772453210125749,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq73a0r34hj8df1breq04r1','asks','{"about":"approval, rejected","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','waiting',NULL,1,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,'stored','approval, rejected',1772453210136911,1772453210144518,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq73a4khryqenvfvteyq7hr','asks','{"about":"approval, silence","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','waiting',NULL,1,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,'stored','approval, silence',1772453210259538,1772453210261623,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq73a523frvzw6d1db09ybd','asks-programs','{"about":"approval, an event","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','waiting',NULL,1,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,'stored','approval, an event',1772453210274422,1772453210276326,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq73dvy7y84g92q149npmrz','asks-plainly','{"about":"approval without payload","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','waiting',NULL,1,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,'stored','approval without payload',1772453214079065,1772453214086475,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq73dxnx9bs7j81jk9kfw1h','asks-named','{"about":"approval by name","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','waiting',NULL,1,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,'stored','approval by name',1772453214134439,1772453214137210,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq73dy2vsyv77my6dnnvy61','asks-two','{"about":"one vote of two","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','waiting',NULL,1,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,'stored','one vote of two',1772453214146794,1772453214150302,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq73e2gfp37q8k1tymf4tmm','asks-two','{"about":"one vote of two, rejected","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','waiting',NULL,1,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,'stored','one vote of two, rejected',1772453214292309,1772453214302998,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq73e4f2nem1db558n1jkq0','asks-again','{"about":"second question","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','waiting',NULL,2,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,'stored','second question',1772453214351310,1772453218111348,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq73hv9rhxvmctc890pbt0v','asks-plainly','{"about":"a reason is being given","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','waiting',NULL,1,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,'stored','a reason is being given',1772453218153256,1772453218154996,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq73j08h87t75hegp4xwg37','tries','{"about":"retrying","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','ready',1772453518329842,1,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,'stored','retrying',1772453218313086,1772453218329842,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq73j1mvh1bfzjprd9ze674','steps','{"about":"running","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','running',NULL,1,'29a4b91d44ab71cf',1772453278358710,1,NULL,NULL,NULL,NULL,NULL,NULL,'stored','running',1772453218357085,1772453218357085,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq73j3c4zgymevtnsf9s0xg','once','{"about":"at most once","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','running',NULL,1,'29a4b91d44ab71cf',1772453278417793,1,NULL,NULL,NULL,NULL,NULL,NULL,'stored','at most once',1772453218412443,1772453218417793,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq73ja5skrac71mvmk1kex1','asks-plainly','{"about":"a card without an answer","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','waiting',NULL,1,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,'stored','a card without an answer',1772453218629823,1772453218631423,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq73jaqxsz3efafv73y7zw7','asks-plainly','{"about":"a card that is not sent","team_id":"OPS"}','slack:T0HARBOR:U000000BO','api','waiting',NULL,1,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,'stored','a card that is not sent',1772453218647170,1772453218654887,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "runs" VALUES('01kjq73nqb456tkjxjtdxrakjv','steps','{"about":"ready","team_id":"OPS"}','token:shop','api','ready',1772453222123725,0,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,'stored','ready',1772453222123725,1772453222123725,NULL,NULL,NULL,NULL,NULL,NULL,0);
CREATE TABLE schedules (
	job VARCHAR NOT NULL, 
	cron VARCHAR NOT NULL, 
	timezone VARCHAR NOT NULL, 
	next_at BIGINT NOT NULL, 
	PRIMARY KEY (job)
);
INSERT INTO "schedules" VALUES('ticks','0 9 * * *','Europe/Berlin',1772524800000000);
CREATE TABLE seals (
	last_id INTEGER NOT NULL, 
	after_id INTEGER NOT NULL, 
	lines INTEGER NOT NULL, 
	digest VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	PRIMARY KEY (last_id), 
	UNIQUE (after_id)
);
INSERT INTO "seals" VALUES(1,0,1,'9824229ee1b22cffca0824ce60e7f6ef05fa3b03f59678255f041dbec30fa79c',1772452862047680);
INSERT INTO "seals" VALUES(5,1,4,'6fb2d1f9c542d132136e6e0ccb36072e036a4ee5083f6d2c24bb2ee7b659cfc7',1772453196475296);
INSERT INTO "seals" VALUES(56,5,51,'9b1293e6f532fc0cb25c1fa9afb65b3fd157710bd2737d3148dc3f7461830fc4',1772453222076482);
CREATE TABLE sessions (
	id_hash VARCHAR NOT NULL, 
	user_id VARCHAR NOT NULL, 
	content TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	seen_at BIGINT NOT NULL, 
	PRIMARY KEY (id_hash)
);
CREATE TABLE tokens (
	public_id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	secret_hash VARCHAR NOT NULL, 
	scopes VARCHAR NOT NULL, 
	job VARCHAR, 
	created_by VARCHAR NOT NULL, 
	created_at BIGINT NOT NULL, 
	revoked_at BIGINT, 
	PRIMARY KEY (public_id), 
	UNIQUE (name)
);
INSERT INTO "tokens" VALUES('b7f3','shop','0000000000000000000000000000000000000000000000000000000000000000','runs:read runs:write',NULL,'operator:test',1772452800000000,NULL);
CREATE TABLE votes (
	gate_id VARCHAR NOT NULL, 
	person VARCHAR NOT NULL, 
	choice VARCHAR NOT NULL, 
	note TEXT, 
	via VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	PRIMARY KEY (gate_id, person), 
	FOREIGN KEY(gate_id) REFERENCES gates (id) ON DELETE CASCADE
);
INSERT INTO "votes" VALUES('5dd9e9832176e49656e8c70a085bfb3d','slack:T0HARBOR:U00000CAM','approved',NULL,'slack',1772453201739652);
INSERT INTO "votes" VALUES('28892fad53278fc4e065bfce7151cab1','slack:T0HARBOR:U00000CAM','rejected','Not now','slack-modal',1772453201808330);
INSERT INTO "votes" VALUES('3f9db967dd3714ab60ccb29a94eb36f1','slack:T0HARBOR:U00000CAM','approved',NULL,'slack',1772453210097761);
INSERT INTO "votes" VALUES('5989b0644ab13109640c5ec59102ceb9','slack:T0HARBOR:U00000CAM','approved',NULL,'slack',1772453214261916);
INSERT INTO "votes" VALUES('cbbb0b362965620366308431f6107922','slack:T0HARBOR:U00000CAM','approved',NULL,'slack',1772453214330934);
INSERT INTO "votes" VALUES('a35d57da523b627192830d47abf18a07','slack:T0HARBOR:U00000CAM','approved',NULL,'slack',1772453218094345);
CREATE TABLE waits (
	run_id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	nth INTEGER NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	expected TEXT NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	deadline_at BIGINT NOT NULL, 
	event_id INTEGER, 
	opened_at BIGINT NOT NULL, 
	ended_at BIGINT, any_name VARCHAR, any_nth INTEGER, 
	PRIMARY KEY (run_id, name, nth), 
	FOREIGN KEY(run_id) REFERENCES runs (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "waits" VALUES('01kjq704m3pdn7tmedwgsbnvqd','go',1,'event','yes','resolved',1772539506345043,3,1772453106345043,1772453197667311,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq704pqw5f6qrcz56kc0epg','go',1,'event','yes','resolved',1772539506397428,2,1772453106397428,1772453197641177,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq704qbe6ekmdt9n80khyka','go',1,'event','yes','resolved',1772539506420531,1,1772453106420531,1772453196662754,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq704r023xcpnz51r5bb5k9','quick',1,'approval','approved,rejected','timed_out',1772453166435233,NULL,1772453106435233,1772453196459733,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq731q82qw4zyxjy1dp2t2x','fails',1,'child','','resolved',1772626001643210,NULL,1772453201643210,1772453201647336,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq731r5gwbk45j94rsd020z','decision',1,'approval','approved,rejected','cancelled',1772539601672320,NULL,1772453201672320,1772453201684975,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq731sn3mvg4f3r0n5xxhms','decision',1,'approval','approved,rejected','resolved',1772539601721210,4,1772453201721210,1772453201739652,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq731tz6e7g68nwjrta9wxf','decision',1,'approval','approved,rejected','resolved',1772539601769495,5,1772453201769495,1772453201808330,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq735mf2dm1fd9cemrds1n5','paid',1,'event','yes,no','open',1772539605662983,NULL,1772453205662983,NULL,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq735ng7ak35bfq7wrsyqsx','paid',1,'event','yes,no','open',1772539605698779,NULL,1772453205698779,NULL,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq735parz7310ncgwbvx6nt','abort',1,'event','now,later','open',1772539605717296,NULL,1772453205717296,NULL,'first',1);
INSERT INTO "waits" VALUES('01kjq735parz7310ncgwbvx6nt','paid',1,'event','yes','open',1772539605717296,NULL,1772453205717296,NULL,'first',1);
INSERT INTO "waits" VALUES('01kjq735pzx47n7z0h5x6za6br','abort',1,'event','now,later','open',1772539605739110,NULL,1772453205739110,NULL,'first',1);
INSERT INTO "waits" VALUES('01kjq735pzx47n7z0h5x6za6br','paid',1,'event','yes','open',1772539605739110,NULL,1772453205739110,NULL,'first',1);
INSERT INTO "waits" VALUES('01kjq735qte91d89en354w208a','nap',1,'sleep','','open',1772460405794507,NULL,1772453205794507,NULL,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq735sbaw9g8vczyx6yn90f','go',1,'event','yes','open',1772539606007250,NULL,1772453206007250,NULL,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq735zzypd1d8bdwwdgsvm6','asks',1,'child','','open',1772626006038482,NULL,1772453206038482,NULL,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq7360pt1fqktbfb08kc5dw','decision',1,'approval','approved,rejected','open',1772539606049170,NULL,1772453206049170,NULL,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq73616vxsep7rfv7wmwpyb','asks',1,'child','','open',1772626006066440,NULL,1772453206066440,NULL,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq7361jd3m1mky3326xbrts','decision',1,'approval','approved,rejected','open',1772539606086809,NULL,1772453206086809,NULL,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq7362ctfa0qw0pdrk2c16v','paid',1,'event','yes','open',1772539606121056,NULL,1772453206121056,NULL,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq7363ngky8d345drnt5m7n','first',1,'event','yes,no','open',1772539606154485,NULL,1772453206154485,NULL,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq7365x8jtgk5w48gd2ax4d','closing',1,'approval','approved,rejected','open',1772539606247623,NULL,1772453206247623,NULL,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq7365x8jtgk5w48gd2ax4d','paid',1,'event','yes','cancelled',1772539606219636,NULL,1772453206219636,1772453206227393,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq7367mddre6sgp0a4jv81r','fan#1[0]/inner',1,'approval','approved,rejected','open',1772539606264043,NULL,1772453206264043,NULL,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq7367mddre6sgp0a4jv81r','fan#1[1]/nap',1,'sleep','','open',1772456806266071,NULL,1772453206266071,NULL,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq7367mddre6sgp0a4jv81r','fan#1[2]/item',1,'event','yes','open',1772539606266071,NULL,1772453206266071,NULL,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq73682q1mwf0vnqtx0b0sm','fan#1[0]/inner',1,'approval','approved,rejected','resolved',1772539606276838,9,1772453206276838,1772453210097761,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq73682q1mwf0vnqtx0b0sm','fan#1[1]/nap',1,'sleep','','open',1772456806278913,NULL,1772453206278913,NULL,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq73682q1mwf0vnqtx0b0sm','fan#1[2]/item',1,'event','yes','open',1772539606278913,NULL,1772453206278913,NULL,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq73a0bkeca5606zp4w3x7s','decision',1,'approval','approved,rejected','open',1772539610125749,NULL,1772453210125749,NULL,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq73a0r34hj8df1breq04r1','decision',1,'approval','approved,rejected','open',1772539610144518,NULL,1772453210144518,NULL,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq73a4khryqenvfvteyq7hr','decision',1,'approval','approved,rejected','open',1772539610261623,NULL,1772453210261623,NULL,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq73a523frvzw6d1db09ybd','program',1,'approval','approved,rejected','open',1772539610276326,NULL,1772453210276326,NULL,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq73dvy7y84g92q149npmrz','decision',1,'approval','approved,rejected','open',1772539614086475,NULL,1772453214086475,NULL,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq73dxnx9bs7j81jk9kfw1h','named',1,'approval','approved,rejected','open',1772539614137210,NULL,1772453214137210,NULL,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq73dy2vsyv77my6dnnvy61','both',1,'approval','approved,rejected','open',1772539614150302,NULL,1772453214150302,NULL,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq73e2gfp37q8k1tymf4tmm','both',1,'approval','approved,rejected','open',1772539614302998,NULL,1772453214302998,NULL,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq73e4f2nem1db558n1jkq0','again',1,'approval','approved,rejected','resolved',1772539614361505,10,1772453214361505,1772453218094345,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq73e4f2nem1db558n1jkq0','again',2,'approval','approved,rejected','open',1772539618111348,NULL,1772453218111348,NULL,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq73hv9rhxvmctc890pbt0v','decision',1,'approval','approved,rejected','open',1772539618154996,NULL,1772453218154996,NULL,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq73ja5skrac71mvmk1kex1','decision',1,'approval','approved,rejected','open',1772539618631423,NULL,1772453218631423,NULL,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq73jaqxsz3efafv73y7zw7','decision',1,'approval','approved,rejected','open',1772539618654887,NULL,1772453218654887,NULL,NULL,NULL);
CREATE INDEX audit_run ON audit (run_id, id);
CREATE INDEX drafts_begun ON drafts (begun_at);
CREATE INDEX runs_blocked ON runs (updated_at) WHERE status = 'blocked';
CREATE INDEX runs_lease ON runs (lease_until) WHERE status = 'running';
CREATE INDEX runs_ready ON runs (ready_at, id) WHERE status = 'ready';
CREATE INDEX runs_requester ON runs (requested_by, id);
CREATE UNIQUE INDEX runs_start ON runs (start_scope, start_key) WHERE start_key IS NOT NULL;
CREATE INDEX sessions_user ON sessions (user_id, created_at);
CREATE INDEX events_buffered ON events (run_id, name, id) WHERE status = 'buffered';
CREATE INDEX gates_open ON gates (opened_at) WHERE status = 'open';
CREATE UNIQUE INDEX journal_key ON journal (run_id, name, nth) WHERE status <> 'superseded';
CREATE INDEX outbox_due ON outbox (next_at, id) WHERE status IN ('pending', 'uncertain');
CREATE INDEX waits_due ON waits (deadline_at) WHERE status = 'open';
CREATE UNIQUE INDEX waits_one_open ON waits (run_id, name) WHERE status = 'open';
CREATE INDEX cards_due ON cards (next_at) WHERE status IN ('pending', 'uncertain');
CREATE INDEX cards_message ON cards (channel, message_ts);
CREATE INDEX runs_ended ON runs (finished_at) WHERE finished_at IS NOT NULL AND pruned_at IS NULL;
CREATE INDEX runs_suspect ON runs (idle_claims, ready_at, id) WHERE status = 'ready' AND idle_claims >= 3;
CREATE INDEX runs_failed ON runs (updated_at) WHERE status = 'failed' AND pruned_at IS NULL;
CREATE UNIQUE INDEX runs_child ON runs (parent_id, parent_name, parent_nth) WHERE parent_id IS NOT NULL;
COMMIT;
